import { type CommitSha, type Instant, messageOf, present, type RepositoryId } from '@sluice/kernel';
import type { PersonalWays } from '@sluice/forge-http';
import type { Dismissal, GivenReview, Review, Reviews, SubmittedReview } from '@sluice/usecases';
import { failureOf } from './api-error.js';
import type { GitlabApi } from './gitlab-api.js';
import { loginAsPerson } from './login-as-person.js';
import { markOf, notesOf, systemEvent, writeMark } from './notes.js';
import { ownLogin } from './own-login.js';
import { shownOwnNote } from './own-notes.js';
import { submitOwn } from './own-review.js';
import { rebasedFrom } from './rebase.js';
import { writtenText } from './request-text.js';
import { type Note, zApprovals, zVersions } from './schema.js';

/** Who said what natively, before it is known about which head. */
interface Verdict {
  readonly id: string;
  readonly login: string;
  readonly state: 'approved' | 'rejected';
  /** Unknown where only a note would say so, which comes some time later. */
  readonly at?: Instant;
}

const ONLY_BOTS = "GitLab (Premium) lets only the bot of a project or group access token reset approvals; without it, turn on 'Remove all approvals when commits are added' in the project's settings";
/** Ids of reviews that were given in Sluice begin so. */
const OWN_REVIEW = 'sluice:';

/**
 * Reviews of a request: approvals and requests for changes that people made in GitLab, or in Sluice by a token of their own, and what others said in Sluice, which our account has written down as notes.
 *
 * GitLab binds an approval to the request, not to a commit, and keeps it over a push unless the project says otherwise. So each is bound here to the version that was the newest when it was given.
 */
export class GitlabReviews implements Reviews {
  constructor(
    private readonly api: GitlabApi,
    private readonly ways: PersonalWays,
  ) {}

  /** Two calls; one more when somebody has reviewed in GitLab. */
  async list(repository: RepositoryId, number: number): Promise<readonly Review[]> {
    const path = `${await this.api.project(repository)}/merge_requests/${number}`;
    const [notes, { approved_by: approvals }, own] = await Promise.all([
      notesOf(this.api, repository, number),
      this.api.ask(zApprovals, { method: 'GET', path: `${path}/approvals`, action: `read the approvals of !${number}` }),
      ownLogin(this.api),
    ]);
    const native = [...approvals.map(({ user, approved_at: at }) => approvalOf(number, user.username, { at: at ?? undefined, notes })), ...rejectionsIn(notes)];
    const bound = native.length === 0 ? [] : await this.bound(path, native, (head) => rebasedFrom(this.api, repository, { number, head }));
    return [...notes.flatMap((note) => givenInSluice(note, own)), ...bound].sort((a, b) => a.at - b.at);
  }

  async submit(repository: RepositoryId, number: number, { own, ...given }: GivenReview): Promise<SubmittedReview> {
    const writeDown = (): Promise<Review> => this.writeDown(repository, number, given);
    if (!own) return writeDown();
    return submitOwn({ api: this.api, ways: this.ways, repository, number, list: () => this.list(repository, number) }, { ...given, own, writeDown });
  }

  /** Sluice acts as its own account, which cannot approve for others: the verdict is a note that names the person. */
  private async writeDown(repository: RepositoryId, number: number, { person, state, commit, body }: GivenReview): Promise<Review> {
    const note = await writeMark(this.api, repository, { number, mark: { person, verdict: state, commit }, body });
    return { id: OWN_REVIEW + String(note.id), person, state, commit, body, at: note.created_at };
  }

  /**
   * GitLab takes back all approvals of a request or none, and only for a bot (a project's or group's access token); it answers 401 for others. So nothing is done when somebody has approved what is offered
   * now. docs.gitlab.com/api/merge_request_approvals/#reset-approvals-for-a-merge-request
   */
  async dismiss(repository: RepositoryId, number: number, approvals: readonly Review[], message: string): Promise<Dismissal> {
    const path = `${await this.api.project(repository)}/merge_requests/${number}`;
    const { approved_by: there } = await this.api.ask(zApprovals, { method: 'GET', path: `${path}/approvals`, action: `read the approvals of !${number}` });
    if (there.length === 0) return { kind: 'dismissed' };
    const other = there.find(({ user }) => !approvals.some(({ login }) => login === user.username));
    if (other) return { kind: 'refused', message: `GitLab takes back all approvals of a request or none, and ${other.user.username} has approved what is offered now` };
    const answer = await this.api.call({ method: 'PUT', path: `${path}/reset_approvals`, action: 'reset approvals' });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) return { kind: 'refused', message: ONLY_BOTS };
    if (answer.status >= 400) return { kind: 'refused', message: messageOf(failureOf(answer, `reset the approvals of !${number}`, this.api.clock())) };
    await this.api.call({ method: 'POST', path: `${path}/notes`, body: { body: writtenText(message) }, action: `write a note on !${number}` });
    return { kind: 'dismissed' };
  }

  private async bound(path: string, verdicts: readonly Verdict[], known: (head: CommitSha) => Promise<CommitSha>): Promise<readonly Review[]> {
    const versions = await this.api.ask(zVersions, { method: 'GET', path: `${path}/versions`, query: { per_page: 100 }, action: 'read the versions of the merge request' });
    const bound = await Promise.all(
      verdicts.map(async ({ id, login, state, at }): Promise<readonly Review[]> => {
        const version = at === undefined ? onlyOne(versions) : newestAt(versions, at);
        return version === undefined ? [] : [{ id: `${id}:${at ?? version.created_at}`, person: loginAsPerson(login), login, state, commit: await known(version.head_commit_sha), body: '', at: at ?? version.created_at }];
      }),
    );
    return bound.flat();
  }
}

interface Version {
  readonly head_commit_sha: CommitSha;
  readonly created_at: Instant;
}

/** What was the newest then. What was said before all that is known is about none of it. */
function newestAt(versions: readonly Version[], at: Instant): Version | undefined {
  const before = versions.filter(({ created_at: made }) => made <= at);
  return before.sort((a, b) => b.created_at - a.created_at)[0];
}

/** What was said at an unknown time was said about it; with more than one nobody knows. */
function onlyOne(versions: readonly Version[]): Version | undefined {
  return versions.length === 1 ? versions[0] : undefined;
}

/** When an approval was given: GitLab 18 says so, before it only its note does. */
function approvalOf(number: number, login: string, { at, notes }: { readonly at: Instant | undefined; readonly notes: readonly Note[] }): Verdict {
  const noted = notes.map(systemEvent).findLast((event) => event?.what === 'approved' && event.by === login)?.at;
  return { id: `approval:${number}:${login}`, login, state: 'approved', ...present({ at: at ?? noted }) };
}

function rejectionsIn(notes: readonly Note[]): readonly Verdict[] {
  return notes.flatMap((note) => {
    const event = systemEvent(note);
    return event?.what === 'rejected' ? [{ id: `note:${note.id}`, login: event.by, state: 'rejected', at: event.at }] : [];
  });
}

function givenInSluice(note: Note, own: string): readonly Review[] {
  const theirs = note.author.username === own ? undefined : shownOwnNote(note);
  if (theirs) return [theirs];
  const mark = markOf(note, { own: note.author.username === own });
  if (mark === undefined || mark.commit === undefined || mark.verdict === 'closed' || mark.verdict === 'ready') return [];
  return [{ id: OWN_REVIEW + String(note.id), person: loginAsPerson(mark.person), state: mark.verdict, commit: mark.commit, body: mark.text, at: note.created_at }];
}
