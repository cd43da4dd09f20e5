import { setTimeout as sleep } from 'node:timers/promises';
import { Busy, type CommitSha, type RepositoryId } from '@sluice/kernel';
import type { ReplayedChange } from '@sluice/usecases';
import { branchTip } from './branches.js';
import type { GitlabApi } from './gitlab-api.js';
import { isRebased, rememberHead } from './rebased-heads.js';
import { zMergeRequest } from './schema.js';
import { headOf } from './shown-request.js';

interface Wanted {
  readonly number: number;
  readonly branch: string;
  /** The head that the caller knows. */
  readonly from: CommitSha;
  /** The head that is there, as GitLab knows it. */
  readonly current: CommitSha;
}

/** Milliseconds between two looks, and how often: GitLab works on a push in the background, mostly in less than a second. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 2_000;
const LOOKS = 8;
const NOTICING = 2_000;

/**
 * Pushes what git has made of a request on top of its target, and waits until GitLab has taken notice of it: mostly one call, where a rebase by GitLab takes five. What somebody has pushed in between is never overwritten.
 *
 * @returns the new head, or that the branch has moved
 */
export async function pushReplayed(api: GitlabApi, repository: RepositoryId, wanted: Wanted, replayed: ReplayedChange): Promise<CommitSha | 'moved'> {
  const { number, from, current } = wanted;
  await rememberHead(api, repository, { number, from, to: replayed.head });
  if ((await replayed.push(current)) === 'stale') return overtaken(api, repository, wanted);
  return noticed(api, repository, wanted, replayed.head);
}

/** By somebody else; or by an earlier try of ours that GitLab has not noticed yet. @throws Busy */
async function overtaken(api: GitlabApi, repository: RepositoryId, { number, branch, from }: Wanted): Promise<'moved'> {
  const tip = await branchTip(api, repository, branch);
  if (tip !== undefined && (await isRebased(api, repository, { number, from, head: tip }))) throw new Busy(`GitLab has not taken notice of the newest commit of !${number} yet`, api.clock() + NOTICING);
  return 'moved';
}

/** @throws Busy when that takes longer than somebody should wait for it */
async function noticed(api: GitlabApi, repository: RepositoryId, { number, current }: Wanted, head: CommitSha): Promise<CommitSha | 'moved'> {
  const path = `${await api.project(repository)}/merge_requests/${number}`;
  for (let look = 0; look < LOOKS; look += 1) {
    await sleep(Math.min(FIRST_WAIT * 2 ** Math.max(0, look - 1), LONGEST_WAIT));
    const request = await api.ask(zMergeRequest, { method: 'GET', path, action: `read !${number}` });
    const there = headOf(request);
    if (request.state !== 'opened' || (there !== head && there !== current)) return 'moved';
    if (there === head && request.detailed_merge_status !== 'checking') return head;
  }
  throw new Busy(`GitLab has not taken notice of the newest commit of !${number} yet`, api.clock() + NOTICING);
}
