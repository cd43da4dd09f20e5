import type { CommitSha } from '@sluice/kernel';
import { z } from 'zod';
import type { Account } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import { mergeBranches } from '../base/merge-branches.js';
import type { StoredRequest } from '../base/records.js';
import { ApiError, route, type Route } from '../base/route.js';
import { DEVELOPER, type GitlabContext, roleOf } from './gitlab-context.js';
import type { RequestExtra } from './gitlab-projects.js';
import { mergeStatusOf, noticedVersionsOf } from './mergeability.js';
import { wholeRequestOf } from './represent.js';

const PATH = '/api/v4/projects/{id}/merge_requests/{iid}';

interface Order {
  readonly sha?: string | undefined;
  readonly squash?: boolean | undefined;
  readonly squash_commit_message?: string | undefined;
  readonly merge_commit_message?: string | undefined;
  readonly should_remove_source_branch?: boolean | undefined;
}

export function mergeRoutes(context: GitlabContext): readonly Route[] {
  return [
    route({
      method: 'PUT',
      path: `${PATH}/merge`,
      docs: 'docs.gitlab.com/api/merge_requests/#merge-a-merge-request',
      body: z.strictObject({ sha: z.string(), squash: z.boolean().optional(), squash_commit_message: z.string().optional(), merge_commit_message: z.string().optional(), should_remove_source_branch: z.boolean().optional() }),
      handle: async (call) => {
        const repository = context.project(call);
        const request = context.request(repository, call);
        const by = context.account(call);
        const lowest = context.projects.of(repository).protectedBranches.find(({ name }) => name === request.target)?.merge ?? DEVELOPER;
        // who may not merge is told so with this status, and is known all the same
        if (call.grant && (lowest === 0 || roleOf(call.grant) < lowest)) throw new ApiError({ status: 401, body: { message: '401 Unauthorized' } });
        await checkMergeable(context, repository, request, call.body.sha);
        await mergeBy(context, repository, { request, by, order: call.body });
        return { status: 200, body: await wholeRequestOf(context, repository, request) };
      },
    }),
    route({
      method: 'PUT',
      path: `${PATH}/rebase`,
      docs: 'docs.gitlab.com/api/merge_requests/#rebase-a-merge-request',
      body: z.strictObject({ skip_ci: z.boolean().optional() }),
      handle: async (call) => {
        const repository = context.project(call, DEVELOPER);
        const request = context.request(repository, call);
        const by = context.account(call);
        const extra = context.projects.extra(request);
        const target = await repository.git.head(request.target);
        const head = target && (await mergeBranches(repository.git, { method: 'rebase', head: request.head, target, message: '', author: by, committer: by }));
        delete extra.mergeError;
        if (head === undefined) extra.mergeError = 'Rebase failed: Rebase locally, resolve all conflicts, then push the branch.';
        else await repository.setBranch(request.source, head, by);
        extra.rebasing = context.projects.of(repository).rebaseLooks;
        return { status: 202, body: { rebase_in_progress: true } };
      },
    }),
  ];
}

/** In the order in which GitLab looks. */
async function checkMergeable({ projects }: GitlabContext, repository: DoubleRepository, request: StoredRequest, sha: string): Promise<void> {
  const status = await mergeStatusOf(projects, repository, request);
  if (status !== 'mergeable') throw notAllowed();
  const head = noticedVersionsOf(projects, repository, request)[0]?.head ?? request.head;
  if (sha !== head) throw new ApiError({ status: 409, body: { message: `SHA does not match HEAD of source branch: ${head}` } });
}

function notAllowed(): ApiError {
  return new ApiError({ status: 405, body: { message: '405 Method Not Allowed' } });
}

function cannotBeMerged(): ApiError {
  return new ApiError({ status: 422, body: { message: 'Branch cannot be merged' } });
}

interface Merge {
  readonly request: StoredRequest;
  readonly by: Account;
  readonly order: Order;
}

/** docs.gitlab.com/user/project/merge_requests/methods and …/squash_and_merge */
async function mergeBy(context: GitlabContext, repository: DoubleRepository, merge: Merge): Promise<void> {
  const { request, by, order } = merge;
  const { mergeMethod, squashOption } = context.projects.of(repository);
  const extra = context.projects.extra(request);
  if (order.squash === true) extra.squash = true;
  const squashes = squashOption === 'always' || (squashOption !== 'never' && extra.squash);
  if (mergeMethod !== 'ff') await mergeCommit(repository, extra, { ...merge, squashes });
  else if (squashes) extra.squashCommit = await merged(repository, request, { method: 'squash', by, message: squashMessage(merge), onlyForward: true });
  else if (!(await repository.fastForward(request.target, request.head, by))) throw cannotBeMerged();
  if (order.should_remove_source_branch ?? extra.forceRemoveSourceBranch) await repository.setBranch(request.source, undefined, by);
}

function squashMessage({ order, request }: Merge): string {
  return order.squash_commit_message ?? request.title;
}

/** Of the head, or of one commit with all of it. */
async function mergeCommit(repository: DoubleRepository, extra: RequestExtra, merge: Merge & { readonly squashes: boolean }): Promise<void> {
  const { request, by, order } = merge;
  const { head } = request;
  const message = order.merge_commit_message ?? `Merge branch '${request.source}' into '${request.target}'\n\n${request.title}\n\nSee merge request ${repository.path}!${request.number}\n`;
  if (merge.squashes) extra.squashCommit = await squashed(repository, request, { by, message: squashMessage(merge) });
  request.head = extra.squashCommit ?? head;
  extra.mergeCommit = await merged(repository, request, { method: 'merge', by, message }).finally(() => {
    request.head = head;
  });
}

async function merged(repository: DoubleRepository, request: StoredRequest, order: { readonly method: 'merge' | 'squash'; readonly by: Account; readonly message: string; readonly onlyForward?: boolean }): Promise<CommitSha> {
  const outcome = await repository.merge(request, { ...order, isGood: () => true });
  if (outcome.kind === 'merged') return outcome.commit;
  throw outcome.reason === 'merged' || outcome.reason === 'closed' ? notAllowed() : cannotBeMerged();
}

/** One commit of all that the branch has, on the merge base; its author is who made the request. */
async function squashed({ git }: DoubleRepository, request: StoredRequest, { by, message }: { readonly by: Account; readonly message: string }): Promise<CommitSha | undefined> {
  const tip = await git.head(request.target);
  const base = tip && (await git.mergeBase(tip, request.head));
  return base && mergeBranches(git, { method: 'squash', head: request.head, target: base, message, author: request.author, committer: by });
}
