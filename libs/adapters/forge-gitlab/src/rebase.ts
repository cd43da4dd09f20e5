import { setTimeout as sleep } from 'node:timers/promises';
import { Busy, type CommitSha, type RepositoryId } from '@sluice/kernel';
import { failureOf, messageIn } from './api-error.js';
import type { Call, GitlabApi } from './gitlab-api.js';
import { rememberHead } from './rebased-heads.js';
import { type MergeRequest, zMergeRequest, zVersions } from './schema.js';
import { headOf } from './shown-request.js';

export type RebaseOutcome = { readonly kind: 'rebased'; readonly head: CommitSha } | { readonly kind: 'moved' } | { readonly kind: 'failed'; readonly message: string };

interface Wanted {
  readonly number: number;
  /** The head that the caller knows. */
  readonly from: CommitSha;
  /** The head that is there: that one, or what an earlier rebase has made of it. */
  readonly current: CommitSha;
}

/** Milliseconds between two looks, and how often: a rebase runs in the background. */
const FIRST_WAIT = 200;
const LONGEST_WAIT = 2_000;
const LOOKS = 12;
/** It may not be done. */
const REFUSALS: readonly number[] = [403, 422];

/**
 * Has GitLab rebase a request onto its target, and makes sure that it was the expected head which was rebased: between it and the new head there must be no other version.
 * docs.gitlab.com/api/merge_requests/#rebase-a-merge-request
 */
export async function rebase(api: GitlabApi, repository: RepositoryId, wanted: Wanted): Promise<RebaseOutcome> {
  const path = `${await api.project(repository)}/merge_requests/${wanted.number}`;
  const call: Call = { method: 'PUT', path: `${path}/rebase`, body: {}, action: `rebase !${wanted.number}` };
  const answer = await api.call(call);
  if (REFUSALS.includes(answer.status)) return { kind: 'failed', message: messageIn(answer.body) };
  if (answer.status === 409) throw new Busy(`GitLab cannot rebase !${wanted.number} now: ${messageIn(answer.body)}`, api.clock() + LONGEST_WAIT);
  if (answer.status >= 300) throw failureOf(answer, call.action, api.clock());
  const outcome = await outcomeOf(api, path, wanted);
  if (outcome.kind === 'rebased') await rememberHead(api, repository, { number: wanted.number, from: wanted.from, to: outcome.head });
  return outcome;
}

async function outcomeOf(api: GitlabApi, path: string, wanted: Wanted): Promise<RebaseOutcome> {
  const request = await untilRebased(api, path, wanted);
  const error = request.merge_error ?? '';
  if (error !== '') return { kind: 'failed', message: error };
  const head = headOf(request);
  const [newest, before] = await api.ask(zVersions, { method: 'GET', path: `${path}/versions`, query: { per_page: 2 }, action: `read the versions of !${wanted.number}` });
  return head !== undefined && newest?.head_commit_sha === head && before?.head_commit_sha === wanted.current ? { kind: 'rebased', head } : { kind: 'moved' };
}

/** Until it has ended, and GitLab has taken notice of the new head, which it does a little later. @throws Busy when that takes longer than somebody should wait for it */
async function untilRebased(api: GitlabApi, path: string, { number, current }: Pick<Wanted, 'number' | 'current'>): Promise<MergeRequest> {
  for (let look = 0; look < LOOKS; look += 1) {
    await sleep(Math.min(FIRST_WAIT * 2 ** look, LONGEST_WAIT));
    const request = await api.ask(zMergeRequest, { method: 'GET', path, query: { include_rebase_in_progress: true }, action: `read !${number}` });
    const failed = (request.merge_error ?? '') !== '';
    if (request.rebase_in_progress !== true && (failed || headOf(request) !== current)) return request;
  }
  throw new Busy(`GitLab is still rebasing !${number}`, api.clock() + LONGEST_WAIT);
}
