import { Busy, type RepositoryId } from '@sluice/kernel';
import type { ChangeRequests, MergeMethod, MergeOutcome } from '@sluice/usecases';
import { failureOf, problemOf, type Reply } from './api-error.js';
import { conflictingFiles } from './conflicting-files.js';
import type { GithubApi } from './github-api.js';
import { isBehind, whyRefused } from './merge-refusals.js';
import { forgetFacts, methodsOf, repositoryFacts } from './repository-facts.js';
import { mergeMessage, writtenTitle } from './request-text.js';
import { type Pull, zMerged, zPull } from './schema.js';
import { stateOf } from './shown-request.js';

export type MergeOptions = Parameters<ChangeRequests['merge']>[2];

interface MergeJob {
  readonly api: GithubApi;
  readonly repository: RepositoryId;
  readonly number: number;
  readonly options: MergeOptions;
}

const MOVED: MergeOutcome = { kind: 'moved' };
/** Milliseconds until GitHub has probably found out whether a request can be merged. */
const CHECKING = 5_000;
const METHOD_REFUSED = /(merge commits|squash merges|rebase merges|merge method).*not allowed|not allowed on this repository/i;

/**
 * Merges with the expected head, which GitHub compares itself (`sha`). It cannot compare the target: what lands on it in between is merged onto, and seen by the caller after it.
 * docs.github.com/en/rest/pulls/pulls#merge-a-pull-request
 *
 * @param options `seen`: the open request as it was a moment ago
 */
export async function mergePull(api: GithubApi, repository: RepositoryId, number: number, { seen, ...options }: MergeOptions & { readonly seen?: Pull }): Promise<MergeOutcome> {
  const job: MergeJob = { api, repository, number, options };
  const usable = seen?.head.sha === options.expectedHead && !seen.draft ? seen : undefined;
  const pull = usable ?? (await read(job));
  const outcome = endedOutcome(job, pull);
  if (outcome) return outcome;
  const allowed = methodsOf(await repositoryFacts(api, repository));
  const methods = options.method === undefined ? allowed : [options.method];
  return tryMethods(job, pull, methods.length > 0 ? methods : ['merge']);
}

/** What needs no attempt. A merge whose answer was lost shows here. */
function endedOutcome({ number, options }: MergeJob, pull: Pull): MergeOutcome | undefined {
  const state = stateOf(pull);
  if (state === 'closed') return refused(`#${number} is closed: reopen it to merge it`);
  if (pull.head.sha !== options.expectedHead) return MOVED;
  if (state === 'merged') return pull.merge_commit_sha ? { kind: 'merged', commit: pull.merge_commit_sha } : MOVED;
  return pull.draft ? refused(`#${number} is a draft: mark it as ready for review to merge it`) : undefined;
}

/** Those who may not administrate a repository are not told which methods it allows, so the next one is tried. */
async function tryMethods(job: MergeJob, pull: Pull, methods: readonly MergeMethod[]): Promise<MergeOutcome> {
  for (const method of methods) {
    const reply = await put(job, pull, method);
    if (reply.status === 200) {
      const merged = zMerged.safeParse(reply.data);
      if (merged.success) return { kind: 'merged', commit: merged.data.sha };
    }
    if (!METHOD_REFUSED.test(problemOf(reply).message)) return explain(job, reply);
    await forgetFacts(job.api, job.repository);
  }
  return refused(`The repository does not allow to merge by ${methods.join(' or ')}: ask for another method, or allow it in the repository's settings under "Pull Requests"`);
}

async function put({ api, repository, number, options }: MergeJob, pull: Pull, method: MergeMethod): Promise<Reply> {
  const message = method === 'squash' ? { commit_title: writtenTitle(`${pull.title} (#${number})`), commit_message: mergeMessage(pull.body, options.by) } : method === 'merge' ? { commit_message: mergeMessage(pull.title, options.by) } : {};
  const parameters = { pull_number: number, sha: options.expectedHead, merge_method: method, ...message };
  return api.call(repository, { route: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', parameters, action: `merge #${number}` });
}

/** GitHub's refusal is 405 for nearly everything: the request itself says why. */
async function explain(job: MergeJob, reply: Reply): Promise<MergeOutcome> {
  const { api, repository, number } = job;
  // who may not merge at all learns that; the request says nothing of it
  if (reply.status === 403 || reply.status === 404) throw failureOf(reply, `merge #${number}`, api.clock());
  const { message } = problemOf(reply);
  const pull = await read(job);
  const outcome = endedOutcome(job, pull) ?? movedMeanwhile(job, message);
  if (outcome) return outcome;
  if (pull.mergeable_state === 'dirty' || pull.mergeable === false) return refused(`#${number} has conflicts with ${pull.base.ref}${await conflictingFiles(api, repository, pull)}: resolve them in ${pull.head.ref}`);
  if (isBehind(pull, message)) return { kind: 'behind', message: whyRefused(pull, message) };
  if (isUndecided(pull, message)) return later(job, 'GitHub is still finding out whether it can be merged');
  return refused(whyRefused(pull, message));
}

function movedMeanwhile(job: MergeJob, message: string): MergeOutcome | undefined {
  if (/head branch was modified/i.test(message)) return MOVED;
  return /base branch was modified/i.test(message) ? later(job, 'its target has just moved') : undefined;
}

/** Also while another merge of it is under way. */
function isUndecided({ mergeable }: Pull, message: string): boolean {
  return /merge already in progress/i.test(message) || (mergeable == null && !/required|expected|rule|protected|queue/i.test(message));
}

function later({ number, api }: MergeJob, why: string): never {
  throw new Busy(`#${number} cannot be merged right now: ${why}`, api.clock() + CHECKING);
}

async function read({ api, repository, number }: MergeJob): Promise<Pull> {
  return api.ask(zPull, repository, { route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}', parameters: { pull_number: number }, action: `read #${number}` });
}

function refused(message: string): MergeOutcome {
  return { kind: 'refused', message };
}
