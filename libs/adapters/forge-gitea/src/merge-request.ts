import { setTimeout as sleep } from 'node:timers/promises';
import { Passing } from '@sluice/forge-http';
import { type CommitSha, printableLine, type RepositoryId, Unavailable } from '@sluice/kernel';
import type { ChangeRequests, MergeMethod, MergeOutcome } from '@sluice/usecases';
import { type Answer, failureOf, messageIn } from './api-error.js';
import { changedOnBothSides, namedFiles } from './conflicting-files.js';
import type { GiteaApi } from './gitea-api.js';
import { hasOwnBranch } from './own-branch.js';
import { filesInConflict, isBehind, isForbiddenStyle, isMoved, isUndecided, whyNot } from './refusals.js';
import { mergeStylesOf, repositoryFacts, type MergeStyle } from './repository-facts.js';
import { type PullRequest, zRequest } from './schema.js';
import { isDraft, stateOf } from './shown-request.js';

export type MergeOptions = Parameters<ChangeRequests['merge']>[2];

/** Milliseconds to wait for the forge while it finds out whether there are conflicts: a queue of its own does that after each push. */
const WAITS = [250, 500, 1_000];

/** Merges one request. Usually two calls: the merge, and a look at what it made. The API compares the head only: what lands on the target in between the forge merges onto, too, or refuses as a conflict; the caller sees it after it. */
export class MergeRequest {
  constructor(
    private readonly api: GiteaApi,
    private readonly repository: RepositoryId,
    private readonly number: number,
    private readonly options: MergeOptions,
  ) {}

  async run(): Promise<MergeOutcome> {
    return this.withStyle({ fresh: false });
  }

  private async withStyle({ fresh }: { readonly fresh: boolean }): Promise<MergeOutcome> {
    const style = await this.style(fresh);
    if (typeof style !== 'string') return style;
    const answer = await this.patiently(style).catch((error: unknown) => this.afterFault(error));
    if ('kind' in answer) return answer;
    // The settings that are remembered may be a day old.
    if (answer.status === 405 && isForbiddenStyle(messageIn(answer.body)) && !fresh) return this.withStyle({ fresh: true });
    return answer.status === 200 ? this.merged() : this.refused(answer);
  }

  private async style(fresh: boolean): Promise<MergeStyle | MergeOutcome> {
    const styles = mergeStylesOf(await repositoryFacts(this.api, this.repository, { fresh }));
    const method: MergeMethod | undefined = this.options.method ?? [...styles.keys()][0];
    const style = method && styles.get(method);
    if (style !== undefined) return style;
    if (!fresh) return this.style(true);
    const allowed = [...styles.keys()].join(', ');
    return { kind: 'refused', message: `Request ${this.number} cannot be merged: the repository does not allow ${method ?? 'any method'} (it allows ${allowed === '' ? 'none' : allowed}): change its settings, or the method` };
  }

  /** Asks again while the forge has not made up its mind. */
  private async patiently(style: MergeStyle): Promise<Answer> {
    for (const wait of WAITS) {
      const answer = await this.post(style);
      if (answer.status !== 405 || !isUndecided(messageIn(answer.body))) return answer;
      await sleep(wait);
    }
    return this.post(style);
  }

  /** Follows repoMergePullRequest. The title is left to the forge: it has the one that is true now, with the request's number. */
  private async post(style: MergeStyle): Promise<Answer> {
    const { expectedHead, by } = this.options;
    // said in any case: without it newer versions do what the repository's settings say
    const body = { Do: style, head_commit_id: expectedHead, MergeMessageField: `Approved by ${printableLine(by, 100)} in Sluice`, delete_branch_after_merge: await hasOwnBranch(this.api, this.repository, this.number) };
    return this.api.call({ method: 'POST', path: `${await this.path()}/merge`, body, action: this.action() });
  }

  private async merged(): Promise<MergeOutcome> {
    const request = await this.look();
    const outcome = this.ended(request);
    if (outcome?.kind === 'merged') return outcome;
    throw new Unavailable(`${this.api.forge} has merged request ${this.number}, and does not show it yet`);
  }

  /** Gitea answers with 500 where somebody else has merged the request meanwhile, and where squashing meets a conflict that it has not found before: what the request is by now says which. @throws what was thrown when it says nothing */
  private async afterFault(error: unknown): Promise<MergeOutcome> {
    if (!(error instanceof Unavailable) || error instanceof Passing) throw error;
    const request = await this.look();
    const known = this.ended(request);
    if (known) return known;
    const files = request.mergeable === false ? await changedOnBothSides(this.api, this.repository, request) : [];
    if (files === undefined || files.length === 0) throw error;
    return this.inConflict(files, 'both sides changed');
  }

  private async refused(answer: Answer): Promise<MergeOutcome> {
    const said = messageIn(answer.body);
    const request = await this.look();
    const known = this.ended(request);
    // also when only the branch could not be deleted afterwards
    if (known) return known;
    if (answer.status === 401 || answer.status === 403) throw failureOf(answer, this.api.forge, this.action());
    if (request.head.sha !== this.options.expectedHead || isMoved(said)) return { kind: 'moved' };
    if (isBehind(said)) return { kind: 'behind', message: whyNot(said, this.number) };
    const conflict = await this.conflict(request, answer);
    return conflict ?? { kind: 'refused', message: whyNot(isDraft(request) ? 'work in progress' : said, this.number) };
  }

  /** A merge that was tried printed what conflicts; one that was not tried is "not decided" for ever. */
  private async conflict(request: PullRequest, { status, body }: Answer): Promise<MergeOutcome | undefined> {
    const output = outputOf(body);
    const named = filesInConflict(output);
    if (status === 405 && isUndecided(messageIn(body)) && !isDraft(request)) {
      const files = await changedOnBothSides(this.api, this.repository, request);
      if (files?.length === 0) throw new Unavailable(`${this.api.forge} has not found out yet whether request ${this.number} can be merged`);
      return this.inConflict(files ?? [], 'both sides changed');
    }
    return status === 409 && output !== '' ? this.inConflict(named, 'in') : undefined;
  }

  private inConflict(files: readonly string[], how: string): MergeOutcome {
    return { kind: 'refused', message: `Request ${this.number} cannot be merged: its branch and the target conflict${files.length === 0 ? '' : ` (${how} ${namedFiles(files)})`}: resolve the conflict on the branch` };
  }

  /** The answer of a request that is not open any more: the answer to an earlier call may have been lost. */
  private ended(request: PullRequest): MergeOutcome | undefined {
    if (stateOf(request) === 'open') return undefined;
    if (stateOf(request) === 'closed') return { kind: 'refused', message: `Request ${this.number} cannot be merged: it is closed` };
    const commit: CommitSha | undefined = request.merge_commit_sha;
    if (commit === undefined) throw new Unavailable(`${this.api.forge} does not say which commit merged request ${this.number}`);
    return { kind: 'merged', commit };
  }

  private async look(): Promise<PullRequest> {
    return this.api.ask(zRequest, { method: 'GET', path: await this.path(), action: `see request ${this.number}` });
  }

  private async path(): Promise<string> {
    return `${await this.api.repository(this.repository)}/pulls/${this.number}`;
  }

  private action(): string {
    return `merge request ${this.number} (write access to the repository)`;
  }
}

/** What git printed, in the answer to a merge that failed: `{ "Style", "StdOut", "StdErr", "Err" }`. */
function outputOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const { StdOut, StdErr } = body as Readonly<Record<string, unknown>>;
  return [StdOut, StdErr].filter((text) => typeof text === 'string').join('\n');
}
