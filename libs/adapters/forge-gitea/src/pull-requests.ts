import { present, printableLine, type RepositoryId } from '@sluice/kernel';
import type { ChangeRequest, ChangeRequests, MergeOutcome, NewChangeRequest } from '@sluice/usecases';
import type { GiteaApi } from './gitea-api.js';
import { listRequests } from './list-requests.js';
import { MergeRequest, type MergeOptions } from './merge-request.js';
import { OpenRequest } from './open-request.js';
import { noteOwnBranch } from './own-branch.js';
import { RequestHistory } from './request-history.js';
import { shownTitle, writtenBody, writtenTitle } from './request-text.js';
import { type PullRequest, zRequest } from './schema.js';
import { isDraft, shownRequest, stateOf } from './shown-request.js';

type Fields = Parameters<ChangeRequests['update']>[2];

/** Pull requests of repositories on Gitea or Forgejo. */
export class PullRequests implements ChangeRequests {
  private readonly opening: OpenRequest;

  constructor(private readonly api: GiteaApi) {
    this.opening = new OpenRequest(api);
  }

  async open(repository: RepositoryId, request: NewChangeRequest): Promise<ChangeRequest> {
    const { request: opened, made, unlabelled } = await this.opening.open(repository, request);
    await noteOwnBranch(this.api, repository, opened);
    const history = this.history(repository);
    if (made) await history.begin(opened);
    return { ...shownRequest(opened, made ? {} : await history.of(opened)), ...present({ unlabelled }) };
  }

  /** One call; two when the title or the draft is changed without the other, since the forge keeps both in one text. Follows repoEditPullRequest. */
  async update(repository: RepositoryId, number: number, fields: Fields): Promise<ChangeRequest> {
    const title = await this.newTitle(repository, number, fields);
    const { body } = fields;
    const updated = await this.patch(repository, number, { ...(title !== undefined && { title }), ...(body !== undefined && { body: writtenBody(body) }) });
    return shownRequest(updated, await this.history(repository).of(updated));
  }

  async get(repository: RepositoryId, number: number): Promise<ChangeRequest> {
    const request = await this.look(repository, number);
    return shownRequest(request, await this.history(repository).of(request));
  }

  list(repository: RepositoryId, filter: Parameters<ChangeRequests['list']>[1]): Promise<readonly ChangeRequest[]> {
    return listRequests(this.api, repository, filter);
  }

  merge(repository: RepositoryId, number: number, options: MergeOptions): Promise<MergeOutcome> {
    return new MergeRequest(this.api, repository, number, options).run();
  }

  /** The account of Sluice closes it; a comment says for whom. */
  async close(repository: RepositoryId, number: number, { by, comment }: { readonly by: string; readonly comment?: string }): Promise<ChangeRequest> {
    const before = await this.look(repository, number);
    if (stateOf(before) !== 'open') return shownRequest(before, await this.history(repository).of(before));
    await this.comment(repository, number, `Closed by ${printableLine(by, 100)} in Sluice${comment === undefined ? '' : `\n\n${comment}`}`);
    const closed = await this.patch(repository, number, { state: 'closed' });
    return shownRequest(closed, await this.history(repository).of(closed));
  }

  private async newTitle(repository: RepositoryId, number: number, { title, draft }: Fields): Promise<string | undefined> {
    if (title === undefined && draft === undefined) return undefined;
    if (title !== undefined && draft !== undefined) return writtenTitle(title, draft);
    const now = await this.look(repository, number);
    return writtenTitle(title ?? shownTitle(now.title), draft ?? isDraft(now));
  }

  private async patch(repository: RepositoryId, number: number, body: Readonly<Record<string, string>>): Promise<PullRequest> {
    return this.api.ask(zRequest, { method: 'PATCH', path: await this.path(repository, number), body, action: `change request ${number} (write access to the repository)` });
  }

  /** As a review without a verdict: a plain comment would need the scope `write:issue`. Follows repoCreatePullReview. */
  private async comment(repository: RepositoryId, number: number, text: string): Promise<void> {
    const action = `comment on request ${number}`;
    const answer = await this.api.call({ method: 'POST', path: `${await this.path(repository, number)}/reviews`, body: { event: 'COMMENT', body: writtenBody(text) }, action });
    // a comment that is not taken keeps no request open
    if (answer.status === 401) this.api.read(zRequest, answer, action);
  }

  private async look(repository: RepositoryId, number: number): Promise<PullRequest> {
    return this.api.ask(zRequest, { method: 'GET', path: await this.path(repository, number), action: `see request ${number}` });
  }

  private async path(repository: RepositoryId, number: number): Promise<string> {
    return `${await this.api.repository(repository)}/pulls/${number}`;
  }

  private history(repository: RepositoryId): RequestHistory {
    return new RequestHistory(this.api, repository);
  }
}
