import { Busy, Conflict, InvalidInput, NotFound, type RepositoryId, Turns } from '@sluice/kernel';
import type { ChangeRequest, ChangeRequests, MergeOutcome, NewChangeRequest } from '@sluice/usecases';
import { type Answer, failureOf, messageIn } from './api-error.js';
import { branchTip } from './branches.js';
import type { Call, GitlabApi } from './gitlab-api.js';
import { listRequests, type RequestFilter } from './list-requests.js';
import { mergeRequest, type MergeOptions } from './merge-request.js';
import { writeMark } from './notes.js';
import { ReadyMarks } from './ready-marks.js';
import { rebasedFrom } from './rebased-heads.js';
import { RecentRequests } from './recent-requests.js';
import { writtenText, writtenTitle } from './request-text.js';
import { type MergeRequest, zMergeRequest } from './schema.js';
import { headOf, isDraft, shownRequest } from './shown-request.js';

/** Only what is Sluice's own is deleted after a merge. */
const OWN_BRANCHES = 'sluice/';
/** Milliseconds. */
const NOTICING = 2_000;

/** Merge requests: docs.gitlab.com/api/merge_requests */
export class GitlabMergeRequests implements ChangeRequests {
  private readonly turns = new Turns();
  private readonly ready: ReadyMarks;
  private readonly recent: RecentRequests;

  constructor(private readonly api: GitlabApi) {
    this.ready = new ReadyMarks(api);
    this.recent = new RecentRequests(api.clock);
  }

  /** One call when none is open. GitLab lets two be made of the same branches at the same moment, so those of this process come one after the other. */
  async open(repository: RepositoryId, request: NewChangeRequest): Promise<ChangeRequest> {
    if (request.sourceBranch === request.targetBranch) throw new InvalidInput(`A merge request needs two branches; both are ${request.sourceBranch}`);
    return this.turns.take(`${repository}\n${request.sourceBranch}\n${request.targetBranch}`, () => this.create(repository, request));
  }

  private async create(repository: RepositoryId, request: NewChangeRequest): Promise<ChangeRequest> {
    const { sourceBranch, targetBranch, draft, labels = [] } = request;
    const call: Call = {
      method: 'POST',
      path: `${await this.api.project(repository)}/merge_requests`,
      body: {
        source_branch: sourceBranch,
        target_branch: targetBranch,
        title: writtenTitle(request.title, draft),
        description: writtenText(request.body),
        remove_source_branch: sourceBranch.startsWith(OWN_BRANCHES),
        // those that the project does not have are made
        ...(labels.length > 0 && { labels: labels.join(',') }),
      },
      action: `open a merge request of ${sourceBranch} into ${targetBranch}`,
    };
    const answer = await this.api.call(call);
    if (answer.status >= 400) return this.notOpened(repository, request, answer, call);
    const made = this.api.read(zMergeRequest, answer, call);
    // older versions make one of a branch that does not exist
    if (made.sha == null) throw await this.ghost(repository, made);
    await this.ready.note(repository, made.iid, draft);
    this.recent.note(repository, made);
    return shownRequest(made);
  }

  /** 409: there is an open one of these branches already. */
  private async notOpened(repository: RepositoryId, request: NewChangeRequest, answer: Answer, call: Call): Promise<ChangeRequest> {
    const missing = missingBranch(answer, request);
    if (missing !== undefined) throw await this.missing(repository, missing);
    if (answer.status === 409 || /already exists/.test(messageIn(answer.body))) {
      const { sourceBranch, targetBranch } = request;
      const [open] = await listRequests(this.api, repository, { state: 'open', sourceBranch, targetBranch, limit: 1 });
      if (open) return this.shown(repository, open);
    }
    throw failureOf(answer, call.action, this.api.clock());
  }

  private async ghost(repository: RepositoryId, { iid, source_branch: branch }: MergeRequest): Promise<NotFound> {
    await this.put(repository, iid, { state_event: 'close' });
    return noBranch(branch);
  }

  /** Right after a push GitLab may not know yet that a branch is there. */
  private async missing(repository: RepositoryId, branch: string): Promise<Error> {
    const tip = await branchTip(this.api, repository, branch);
    return tip === undefined ? noBranch(branch) : new Busy(`GitLab has not taken notice of the branch ${branch} yet`, this.api.clock() + NOTICING);
  }

  /** One call; one more before it where only one of title and draft is to change, because GitLab keeps both in the title. */
  async update(repository: RepositoryId, number: number, fields: Parameters<ChangeRequests['update']>[2]): Promise<ChangeRequest> {
    const { body, draft, by } = fields;
    const title = await this.titleFor(repository, number, fields);
    if (title === undefined && body === undefined) return this.get(repository, number);
    if (by !== undefined && draft === false) await writeMark(this.api, repository, { number, mark: { person: by, verdict: 'ready' }, body: '' });
    const changed = await this.put(repository, number, { ...(title !== undefined && { title }), ...(body !== undefined && { description: writtenText(body) }) });
    if (draft === true) await this.ready.note(repository, number, true);
    return this.shown(repository, changed);
  }

  private async titleFor(repository: RepositoryId, number: number, { title, draft }: Partial<Pick<NewChangeRequest, 'title' | 'draft'>>): Promise<string | undefined> {
    if (title === undefined && draft === undefined) return undefined;
    if (title !== undefined && draft !== undefined) return writtenTitle(title, draft);
    const before = await this.read(repository, number);
    return writtenTitle(title ?? before.title, draft ?? isDraft(before));
  }

  async get(repository: RepositoryId, number: number): Promise<ChangeRequest> {
    const request = await this.read(repository, number);
    this.recent.note(repository, request);
    return this.shown(repository, request);
  }

  /** Newest first. GitLab knows no "before this number", so what is newer is passed over. */
  async list(repository: RepositoryId, filter: RequestFilter): Promise<readonly ChangeRequest[]> {
    const found = await listRequests(this.api, repository, filter);
    // a list has no versions: the head of a request without its branch is asked for
    const whole = await Promise.all(found.map(async (request) => (request.sha == null ? this.read(repository, request.iid) : request)));
    // one that never had a commit is nothing that could be looked at
    return Promise.all(whole.filter((request) => headOf(request) !== undefined).map((request) => this.known(repository, request)));
  }

  async merge(repository: RepositoryId, number: number, options: MergeOptions): Promise<MergeOutcome> {
    return this.turns.take(`${repository}\n${number}`, () => {
      const seen = this.recent.take(repository, number);
      const alone = (target: string, work: () => Promise<MergeOutcome>): Promise<MergeOutcome> => this.turns.take(`${repository}\nrebase\n${target}`, work);
      return mergeRequest(this.api, repository, number, { ...options, alone, removes: (branch) => branch.startsWith(OWN_BRANCHES), ...(seen && { seen }) });
    });
  }

  /** Closing again changes nothing. @throws Conflict when it is merged */
  async close(repository: RepositoryId, number: number, { by, comment }: { readonly by: string; readonly comment?: string }): Promise<ChangeRequest> {
    const before = await this.read(repository, number);
    if (before.state === 'merged') throw new Conflict(`!${number} is merged and cannot be closed`);
    if (before.state === 'closed') return this.shown(repository, before);
    await writeMark(this.api, repository, { number, mark: { person: by, verdict: 'closed' }, body: comment ?? '' });
    const closed = await this.put(repository, number, { state_event: 'close' });
    if (closed.state === 'merged') throw new Conflict(`!${number} is merged and cannot be closed`);
    return this.shown(repository, closed);
  }

  private async shown(repository: RepositoryId, request: MergeRequest): Promise<ChangeRequest> {
    const shown = await this.known(repository, request);
    const readyBy = await this.ready.by(repository, shown);
    return readyBy === undefined ? shown : { ...shown, readyBy };
  }

  /** With the head by which callers know it. */
  private async known(repository: RepositoryId, request: MergeRequest): Promise<ChangeRequest> {
    const shown = shownRequest(request);
    return { ...shown, head: await rebasedFrom(this.api, repository, shown) };
  }

  private async read(repository: RepositoryId, number: number): Promise<MergeRequest> {
    return this.api.ask(zMergeRequest, { method: 'GET', path: `${await this.api.project(repository)}/merge_requests/${number}`, action: `read !${number}` });
  }

  private async put(repository: RepositoryId, number: number, body: Readonly<Record<string, unknown>>): Promise<MergeRequest> {
    const changed = await this.api.ask(zMergeRequest, { method: 'PUT', path: `${await this.api.project(repository)}/merge_requests/${number}`, body, action: `change !${number}` });
    this.recent.note(repository, changed);
    return changed;
  }
}

/** `{"message":{"source_branch":["does not exist"]}}` */
function missingBranch({ body }: Answer, { sourceBranch, targetBranch }: NewChangeRequest): string | undefined {
  const [, which] = /\b(source|target)[_ ]branch\b.*does not exist/i.exec(messageIn(body)) ?? [];
  return which === undefined ? undefined : which.toLowerCase() === 'source' ? sourceBranch : targetBranch;
}

function noBranch(branch: string): NotFound {
  return new NotFound(`There is no branch ${branch} in the project: push it first`, { details: { branch } });
}
