import { Conflict, InvalidInput, NotFound, present, type RepositoryId, Turns } from '@sluice/kernel';
import type { ChangeRequest, ChangeRequests, MergeOutcome, NewChangeRequest } from '@sluice/usecases';
import { failureOf, problemOf, type Reply } from './api-error.js';
import { setDraft } from './draft-mutations.js';
import { endedBy } from './ended-by.js';
import type { GithubApi, GithubCall } from './github-api.js';
import { withLabels } from './labels.js';
import { listPulls, type PullFilter } from './list-pulls.js';
import { noteUnmarked, writeMark } from './marks.js';
import { mergePull, type MergeOptions } from './merge-pull.js';
import { ReadyMarks } from './ready-marks.js';
import { RecentPulls } from './recent-pulls.js';
import { writtenBody, writtenTitle } from './request-text.js';
import { type Pull, zPull } from './schema.js';
import { shownRequest, stateOf } from './shown-request.js';

/** Pull requests: docs.github.com/en/rest/pulls/pulls */
export class GithubPullRequests implements ChangeRequests {
  private readonly turns = new Turns();
  private readonly ready: ReadyMarks;
  private readonly recent: RecentPulls;

  constructor(private readonly api: GithubApi) {
    this.ready = new ReadyMarks(api);
    this.recent = new RecentPulls(api.clock);
  }

  /** One call when none is open, and one for its labels: GitHub itself lets only one be open of the same branches. */
  async open(repository: RepositoryId, request: NewChangeRequest): Promise<ChangeRequest> {
    const { sourceBranch, targetBranch } = request;
    if (sourceBranch === targetBranch) throw new InvalidInput(`A pull request needs two branches; both are ${sourceBranch}`);
    return this.create(repository, request);
  }

  private async create(repository: RepositoryId, request: NewChangeRequest): Promise<ChangeRequest> {
    const { sourceBranch: head, targetBranch: base, draft, title, body } = request;
    const parameters = { head, base, draft, title: writtenTitle(title), body: writtenBody(body) };
    const call = { route: 'POST /repos/{owner}/{repo}/pulls', parameters, action: `open a pull request of ${head} into ${base}` };
    const reply = await this.api.call(repository, call);
    if (reply.status === 422) return this.notOpened(repository, request, reply, call);
    const made = this.api.read(zPull, reply, call);
    await this.ready.note(repository, made.number, made.draft);
    await noteUnmarked(this.api, repository, made.number);
    const { pull, unlabelled } = await withLabels(this.api, repository, made, request.labels ?? []);
    this.recent.note(repository, pull);
    return { ...shownRequest(pull), ...present({ unlabelled }) };
  }

  private async notOpened(repository: RepositoryId, request: NewChangeRequest, reply: Reply, { action }: GithubCall): Promise<ChangeRequest> {
    const { message, fields } = problemOf(reply);
    const { sourceBranch, targetBranch } = request;
    const missing = fields.includes('head') ? sourceBranch : fields.includes('base') ? targetBranch : undefined;
    if (/already exists/i.test(message)) {
      const [open] = await listPulls(this.api, repository, { state: 'open', sourceBranch, targetBranch, limit: 1 });
      // what was opened by a call whose answer was lost has none yet
      if (open) return this.shown(repository, (await withLabels(this.api, repository, open, request.labels ?? [])).pull);
    }
    // private repositories on GitHub's free plan have no drafts: an open request is better than none
    if (request.draft && /draft pull requests are not supported/i.test(message)) return this.create(repository, { ...request, draft: false });
    if (missing !== undefined) throw new NotFound(`There is no branch ${missing} in the repository: push it first`, { details: { branch: missing } });
    throw failureOf(reply, action, this.api.clock());
  }

  /** One call for title and text. For draft one to see whether it is one and one to change it: GitHub has that only in GraphQL. */
  async update(repository: RepositoryId, number: number, fields: Parameters<ChangeRequests['update']>[2]): Promise<ChangeRequest> {
    const { title, body, draft, by } = fields;
    const changed = title === undefined && body === undefined ? await this.read(repository, number) : await this.patch(repository, number, { ...(title !== undefined && { title: writtenTitle(title) }), ...(body !== undefined && { body: writtenBody(body) }) });
    if (draft === undefined || draft === changed.draft || stateOf(changed) !== 'open') return this.shown(repository, changed);
    if (by !== undefined && !draft) await writeMark(this.api, repository, { number, mark: { person: by, verdict: 'ready' }, body: '' });
    // what is not remembered is asked for, so this comes first
    await this.ready.note(repository, number, true);
    await setDraft(this.api, repository, changed, draft);
    return this.get(repository, number);
  }

  async get(repository: RepositoryId, number: number): Promise<ChangeRequest> {
    return this.shown(repository, await this.read(repository, number));
  }

  async list(repository: RepositoryId, filter: PullFilter): Promise<readonly ChangeRequest[]> {
    const shown: ChangeRequest[] = [];
    for (const pull of await listPulls(this.api, repository, filter)) shown.push(await this.shown(repository, pull));
    return shown;
  }

  async merge(repository: RepositoryId, number: number, options: MergeOptions): Promise<MergeOutcome> {
    return this.turns.take(`${repository}\n${number}`, () => {
      const seen = this.recent.take(repository, number);
      return mergePull(this.api, repository, number, { ...options, ...(seen && { seen }) });
    });
  }

  /** Closing again changes nothing. @throws Conflict when it is merged */
  async close(repository: RepositoryId, number: number, { by, comment }: Parameters<ChangeRequests['close']>[2]): Promise<ChangeRequest> {
    const before = await this.read(repository, number);
    if (stateOf(before) === 'merged') throw new Conflict(`#${number} is merged and cannot be closed`);
    if (before.state === 'closed') return this.shown(repository, before);
    await writeMark(this.api, repository, { number, mark: { person: by, verdict: 'closed' }, body: comment ?? '' });
    const closed = await this.patch(repository, number, { state: 'closed' });
    if (stateOf(closed) === 'merged') throw new Conflict(`#${number} is merged and cannot be closed`);
    return this.shown(repository, closed);
  }

  private async shown(repository: RepositoryId, pull: Pull): Promise<ChangeRequest> {
    this.recent.note(repository, pull);
    const shown = shownRequest(pull);
    if (shown.state === 'open') {
      const readyBy = await this.ready.by(repository, pull);
      return readyBy === undefined ? shown : { ...shown, readyBy };
    }
    if (shown.mergedBy !== undefined) return shown;
    const by = await endedBy(this.api, repository, pull);
    if (by === undefined) return shown;
    return shown.state === 'merged' ? { ...shown, mergedBy: by } : { ...shown, closedBy: by };
  }

  private async read(repository: RepositoryId, number: number): Promise<Pull> {
    return this.api.ask(zPull, repository, { route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}', parameters: { pull_number: number }, action: `read #${number}` });
  }

  private async patch(repository: RepositoryId, number: number, fields: Readonly<Record<string, unknown>>): Promise<Pull> {
    return this.api.ask(zPull, repository, { route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}', parameters: { pull_number: number, ...fields }, action: `change #${number}` });
  }
}
