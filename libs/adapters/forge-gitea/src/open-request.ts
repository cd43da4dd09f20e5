import { InvalidInput, NotFound, present, type RepositoryId, Turns, Unavailable } from '@sluice/kernel';
import type { NewChangeRequest } from '@sluice/usecases';
import { type Answer, failureOf, messageIn } from './api-error.js';
import { branchHead } from './branches.js';
import type { GiteaApi } from './gitea-api.js';
import { forgetLabels, usableLabels } from './labels.js';
import { openRequestOf } from './list-requests.js';
import { writtenBody, writtenTitle } from './request-text.js';
import { type PullRequest, zRequest } from './schema.js';
import { labelsOf } from './shown-request.js';

const ACTION = 'open a pull request';

interface Opened {
  readonly request: PullRequest;
  /** By this very call. */
  readonly made: boolean;
  /** Why it has not all the labels that were wanted. */
  readonly unlabelled?: string;
}

/** Opens requests: one call when nothing is open. The forge looks for an open one and makes one without a lock between, so those of the same branches take turns here. */
export class OpenRequest {
  private readonly turns = new Turns();

  constructor(private readonly api: GiteaApi) {}

  /** @throws NotFound naming the branch that does not exist */
  open(repository: RepositoryId, request: NewChangeRequest): Promise<Opened> {
    const key = [repository, request.sourceBranch, request.targetBranch].join('\n');
    return this.turns.take(key, () => this.create(repository, request));
  }

  /** Follows repoCreatePullRequest. */
  private async create(repository: RepositoryId, request: NewChangeRequest): Promise<Opened> {
    const { title, body, sourceBranch, targetBranch, draft, labels = [] } = request;
    if (sourceBranch === targetBranch) throw new InvalidInput(`A pull request needs two branches; both are ${sourceBranch}`);
    const { ids, unlabelled } = await usableLabels(this.api, repository, labels);
    const fields = { head: sourceBranch, base: targetBranch, title: writtenTitle(title, draft), body: writtenBody(body), ...(ids.length > 0 && { labels: ids }) };
    const answer = await this.api.call({ method: 'POST', path: `${await this.api.repository(repository)}/pulls`, body: fields, action: ACTION });
    if (answer.status === 409) return { request: await this.existing(repository, request, messageIn(answer.body)), made: false };
    if (answer.status === 404) throw await this.missing(repository, request, answer);
    const made = this.api.read(zRequest, answer, ACTION);
    if (labelsOf(made).length < ids.length) await forgetLabels(this.api, repository);
    return { request: made, made: true, ...present({ unlabelled }) };
  }

  private async existing(repository: RepositoryId, request: NewChangeRequest, said: string): Promise<PullRequest> {
    const found = await openRequestOf(this.api, repository, request);
    if (!found) throw new Unavailable(`${this.api.forge} says that there is a pull request from ${request.sourceBranch} to ${request.targetBranch} already, and lists none: ${said}`);
    return found;
  }

  /** The forge does not say what it has not found. */
  private async missing(repository: RepositoryId, { sourceBranch, targetBranch }: NewChangeRequest, answer: Answer): Promise<Error> {
    for (const branch of [sourceBranch, targetBranch]) {
      if ((await branchHead(this.api, repository, branch)) === undefined) return new NotFound(`There is no branch ${branch} in ${await this.api.path(repository)}`);
    }
    return failureOf(answer, this.api.forge, ACTION);
  }
}
