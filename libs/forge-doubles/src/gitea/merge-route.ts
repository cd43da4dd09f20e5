import type { CommitSha } from '@sluice/kernel';
import { z } from 'zod';
import { type ApiError, route, type Route } from '../base/route.js';
import type { DoubleRepository, MergeResult } from '../base/double-repository.js';
import type { MergeMethod } from '../base/merge-branches.js';
import type { StoredRequest } from '../base/records.js';
import { doer, failure, type GiteaParts, notFound, permissionOf, REPO, requestOf } from './parts.js';
import { isDraftTitle } from './wire.js';

const mergeForm = z.strictObject({
  Do: z.enum(['merge', 'rebase', 'rebase-merge', 'squash', 'fast-forward-only', 'manually-merged']),
  MergeTitleField: z.string().optional(),
  MergeMessageField: z.string().optional(),
  head_commit_id: z.string().optional(),
  delete_branch_after_merge: z.boolean().optional(),
  force_merge: z.boolean().optional(),
  merge_when_checks_succeed: z.boolean().optional(),
});
type MergeForm = z.output<typeof mergeForm>;

const REFUSALS: Readonly<Record<Extract<MergeResult, { readonly kind: 'refused' }>['reason'], readonly [number, string]>> = {
  closed: [404, "The target couldn't be found."],
  merged: [405, ''],
  draft: [405, 'Work in progress PRs cannot be merged'],
  head: [409, 'head out of date'],
  method: [405, ' is not allowed an allowed merge style for this repository'],
  // the queue that looks for conflicts has found one
  conflict: [405, 'Please try again later'],
  moved: [409, 'merge push out of date'],
  behind: [405, 'not ready to merge [reason: The head branch is behind the base branch]'],
  checks: [405, 'not ready to merge [reason: Not all required status checks successful]'],
  approvals: [405, 'not ready to merge [reason: Does not have enough approvals]'],
};

/** Answers in the order in which `routers/api/v1/repo/pull.go` looks for what is in the way. */
export function mergeRoute(parts: GiteaParts): Route {
  return route({
    method: 'POST',
    path: `${REPO}/pulls/{index}/merge`,
    docs: 'docs.gitea.com/api/#tag/repository/operation/repoMergePullRequest',
    body: mergeForm,
    handle: async (call) => {
      const { repository, request } = requestOf(parts, call);
      const early = obstacle(parts, request, permissionOf(call));
      if (early) throw early;
      const { Do: style } = call.body;
      const method: MergeMethod | undefined = style === 'merge' || style === 'rebase' || style === 'squash' ? style : undefined;
      if (!method) throw failure(parts.world, 405, style + REFUSALS.method[1]);
      const order = { method, by: doer(call), message: messageOf(request, call.body), isGood: (state: string) => state === 'success', ...(call.body.head_commit_id && { head: call.body.head_commit_id as CommitSha }) };
      const result = await repository.merge(request, order);
      if (result.kind === 'refused') throw refused(parts, result.reason, style);
      if (call.body.delete_branch_after_merge) await deleteSource(repository, request);
      return { status: 200 };
    },
  });
}

function obstacle({ world, checking }: GiteaParts, request: StoredRequest, permission: string): ApiError | undefined {
  if (request.state === 'merged') return failure(world, 405, '');
  if (request.state === 'closed') return notFound(world);
  if (permission === 'read') return failure(world, 405, 'User not allowed to merge PR');
  if (isDraftTitle(request.title)) return failure(world, 405, 'Work in progress PRs cannot be merged');
  if (checking.left <= 0) return undefined;
  checking.left -= 1;
  return failure(world, 405, 'Please try again later');
}

function refused({ world, dialect }: GiteaParts, reason: keyof typeof REFUSALS, style: string): ApiError {
  const [status, message] = REFUSALS[reason];
  return failure(world, status, reason === 'method' ? style + message : message.replace('not ready to merge', dialect.notReady));
}

/** Without a title of the caller's the message is the default one; what the caller adds comes below. */
function messageOf({ title, number, source, target }: StoredRequest, { Do: style, MergeTitleField = '', MergeMessageField = '' }: MergeForm): string {
  const standard = style === 'squash' ? `${title} (#${number})` : `Merge pull request '${title}' (#${number}) from ${source} into ${target}`;
  const first = MergeTitleField.trim() === '' ? standard : MergeTitleField.trim();
  return MergeMessageField.trim() === '' ? first : `${first}\n\n${MergeMessageField.trim()}`;
}

async function deleteSource(repository: DoubleRepository, { source, ended }: StoredRequest): Promise<void> {
  if (ended) await repository.setBranch(source, undefined, ended.by);
}
