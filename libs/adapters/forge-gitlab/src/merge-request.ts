import { Busy, type CommitSha, printableLine, type RepositoryId } from '@sluice/kernel';
import type { ChangeRequests, MergeMethod, MergeOutcome } from '@sluice/usecases';
import { messageIn, type Answer } from './api-error.js';
import { hasApprovalRules } from './approval-rules.js';
import { branchTip } from './branches.js';
import { conflictingFiles } from './conflicting-files.js';
import type { GitlabApi } from './gitlab-api.js';
import { mergeMethodsOf, projectFacts } from './project-facts.js';
import { rebase } from './rebase.js';
import { isRebased, rebasedTo } from './rebased-heads.js';
import { isPassing, whyNot } from './refusals.js';
import { pushReplayed } from './replay.js';
import { shownTitle } from './request-text.js';
import { type MergeRequest, zMergeRequest } from './schema.js';
import { headOf, isDraft, mergeCommitOf } from './shown-request.js';

export type MergeOptions = Parameters<ChangeRequests['merge']>[2];

interface MergeJob {
  readonly api: GitlabApi;
  readonly repository: RepositoryId;
  readonly number: number;
  readonly options: MergeOptions & { /** One after the other for a target: each merge has all others rebased again. */ readonly alone: (target: string, work: () => Promise<MergeOutcome>) => Promise<MergeOutcome>; /** Whether a source branch goes after the merge. */ readonly removes: (branch: string) => boolean; /** The open request as it was a moment ago. */ readonly seen?: MergeRequest };
  readonly method: MergeMethod;
  /** Done once already. */
  readonly rebased?: true;
}

const MOVED: MergeOutcome = { kind: 'moved' };
/** Milliseconds until GitLab has probably found out whether a request can be merged. */
const CHECKING = 5_000;

/**
 * Merges with the expected head, which GitLab compares itself (`sha`). It cannot compare the target: what lands on it in between is merged onto, and seen by the caller after it.
 * docs.gitlab.com/api/merge_requests/#merge-a-merge-request
 */
export async function mergeRequest(api: GitlabApi, repository: RepositoryId, number: number, options: MergeJob['options']): Promise<MergeOutcome> {
  const facts = await projectFacts(api, repository);
  const allowed = mergeMethodsOf(facts);
  const method = options.method ?? allowed[0] ?? 'merge';
  if (!allowed.includes(method)) return refused(`The project does not allow to merge by ${method}, only by ${allowed.join(' or ')}: ask for one of these, or change the merge method or the squash option in the project's settings`);
  const job: MergeJob = { api, repository, number, options, method };
  const request = await current(job);
  const head = await currentName(job, request);
  await untilNoticed(job, request, head);
  const ended = endedOutcome(job, request, head);
  if (ended) return ended;
  const mergeable = facts.merge_method === 'merge' ? head : await onTarget(job, request, head);
  return mergeable === 'moved' ? MOVED : tryMerge(job, request, mergeable);
}

/** Where only what is on top of the target is merged, the caller's git puts the request there before: GitLab would do it too, but takes more calls to be asked for it. Not where GitLab wants approvals of its own, which a push may take back. */
async function onTarget({ api, repository, number, options }: MergeJob, request: MergeRequest, head: CommitSha): Promise<CommitSha | 'moved'> {
  if (!options.replay || (await hasApprovalRules(api, repository, number))) return head;
  const replayed = await options.replay(head);
  if (!replayed || replayed.head === head) return head;
  return pushReplayed(api, repository, { number, branch: request.source_branch, from: options.expectedHead, current: head }, replayed);
}

/** As it was a moment ago, where that is what is expected; else as it is. */
async function current(job: MergeJob): Promise<MergeRequest> {
  const { seen, expectedHead } = job.options;
  return seen && headOf(seen) === expectedHead && !isDraft(seen) ? seen : read(job);
}

/** The expected head, or what a rebase of ours has made of it. */
async function currentName({ api, repository, number, options }: MergeJob, request: MergeRequest): Promise<CommitSha> {
  const { expectedHead } = options;
  const head = headOf(request);
  if (head === expectedHead) return expectedHead;
  if (head !== undefined && (await isRebased(api, repository, { number, from: expectedHead, head }))) return head;
  return (await rebasedTo(api, repository, { number, from: expectedHead })) ?? expectedHead;
}

/** GitLab takes notice of a push to a request's branch in the background, and compares `sha` with what it has noticed. @throws Busy when the branch is where it is expected to be, and GitLab does not know yet */
async function untilNoticed({ api, repository, number }: MergeJob, request: MergeRequest, head: CommitSha): Promise<void> {
  if (request.state !== 'opened' || headOf(request) === head) return;
  if ((await branchTip(api, repository, request.source_branch)) === head) throw new Busy(`GitLab has not taken notice of the newest commit of !${number} yet`, api.clock() + CHECKING);
}

/** What needs no attempt. */
function endedOutcome({ number }: MergeJob, request: MergeRequest, head: CommitSha): MergeOutcome | undefined {
  if (request.state === 'closed') return refused(`!${number} is closed: reopen it to merge it`);
  if (headOf(request) !== head) return MOVED;
  if (request.state === 'merged') return mergedOutcome(request);
  return isDraft(request) ? refused(`!${number} is a draft: mark it as ready to merge it`) : undefined;
}

function mergedOutcome(request: MergeRequest): MergeOutcome {
  const commit = mergeCommitOf(request);
  return commit === undefined ? MOVED : { kind: 'merged', commit };
}

async function tryMerge(job: MergeJob, request: MergeRequest, head: CommitSha): Promise<MergeOutcome> {
  const { api, method, number, options } = job;
  const squashed = method === 'squash' && { squash: true, squash_commit_message: `${shownTitle(request.title)} (!${number})\n\nMerged-by: ${printableLine(options.by)}` };
  // the merge itself can only turn squashing on
  if (method !== 'squash' && request.squash === true) await api.ask(zMergeRequest, { method: 'PUT', path: await pathOf(job), body: { squash: false }, action: `change !${number}` });
  const body = { sha: head, should_remove_source_branch: options.removes(request.source_branch), ...squashed };
  const answer = await api.call({ method: 'PUT', path: `${await pathOf(job)}/merge`, body, action: `merge !${number}` });
  const answered = answer.status === 200 ? zMergeRequest.safeParse(answer.body).data : undefined;
  if (answered?.state === 'merged') return mergedOutcome(answered);
  return explain(job, answer, head);
}

/** GitLab's refusal says little (401, 405, 406, 409, 422): the request itself says why. */
async function explain(job: MergeJob, answer: Answer, head: CommitSha): Promise<MergeOutcome> {
  const { api, number } = job;
  const request = await read(job);
  await untilNoticed(job, request, head);
  const ended = endedOutcome(job, request, head);
  if (ended) return ended;
  const status = request.detailed_merge_status ?? '';
  if (request.state === 'locked' || isPassing(status)) throw new Busy(`GitLab is still finding out whether !${number} can be merged (${status})`, api.clock() + CHECKING);
  return status === 'need_rebase' ? afterRebase(job, request, head) : refusal(job, answer, request);
}

async function refusal({ api, repository, number }: MergeJob, answer: Answer, request: MergeRequest): Promise<MergeOutcome> {
  const status = request.detailed_merge_status ?? '';
  if (status === 'conflict' || request.has_conflicts === true) return refused(`${whyNot('conflict', number)}${await conflictingFiles(api, repository, request)}`);
  if (answer.status === 401 || answer.status === 403) return refused(`Sluice's account may not merge !${number} into ${request.target_branch}: allow it in the branch's protection, or give it a higher role`);
  const said = [messageIn(answer.body), request.merge_error ?? ''].filter((part) => part !== '').join(': ');
  return refused(`${whyNot(status, number)}${said === '' ? '' : ` (GitLab says: ${said})`}`);
}

/** Where only fast-forwards are allowed, and the target has moved on. */
async function afterRebase(job: MergeJob, request: MergeRequest, head: CommitSha): Promise<MergeOutcome> {
  const { api, repository, options } = job;
  if (job.rebased === true) throw new Busy(`The target of !${job.number} has moved on again while GitLab rebased the request`, api.clock() + CHECKING);
  return options.alone(request.target_branch, async () => {
    const outcome = await rebase(api, repository, { number: job.number, from: options.expectedHead, current: head });
    if (outcome.kind === 'moved') return MOVED;
    if (outcome.kind === 'rebased') return tryMerge({ ...job, rebased: true }, request, outcome.head);
    return refused(`!${job.number} has to be rebased, and GitLab cannot: ${outcome.message}${await conflictingFiles(api, repository, request)}`);
  });
}

async function read(job: MergeJob): Promise<MergeRequest> {
  return job.api.ask(zMergeRequest, { method: 'GET', path: await pathOf(job), action: `read !${job.number}` });
}

async function pathOf({ api, repository, number }: MergeJob): Promise<string> {
  return `${await api.project(repository)}/merge_requests/${number}`;
}

function refused(message: string): MergeOutcome {
  return { kind: 'refused', message };
}
