import type { RepositoryId } from '@sluice/kernel';
import { mayNot, type PersonalWays, submitAsOwn, wornOut } from '@sluice/forge-http';
import type { GivenReview, NotOwn, OwnAccount, Review, SubmittedReview } from '@sluice/usecases';
import { messageIn } from './api-error.js';
import type { Call, GitlabApi } from './gitlab-api.js';
import { besideApproval, ownVerdictText, shownOwnNote } from './own-notes.js';
import { approvalId } from './approval-id.js';
import { zApprovals, zNote } from './schema.js';

const FORGE = 'GitLab';
const RULES = 'its rules do not allow it (they have opened it or written some of it themselves, have no role for it, or have to give their password)';

interface Place {
  readonly api: GitlabApi;
  readonly ways: PersonalWays;
  readonly repository: RepositoryId;
  readonly number: number;
  /** All reviews of the request. */
  list(): Promise<readonly Review[]>;
}

type Asked = GivenReview & { readonly own: OwnAccount };

/** Writes a review by the person's own token. */
export async function submitOwn(place: Place, given: Asked & { readonly writeDown: () => Promise<Review> }): Promise<SubmittedReview> {
  const { api, repository, number } = place;
  const { own, person, state, commit, writeDown } = given;
  const path = await api.path(repository);
  const request = `${await api.project(repository)}/merge_requests/${number}`;
  return submitAsOwn({
    memory: api.memory,
    key: [path.toLowerCase(), number, own.login.toLowerCase(), state, commit].join('#'),
    forge: FORGE,
    own,
    person,
    find: () => found(place, given),
    write: (token) => {
      const ask = (call: Pick<Call, 'path' | 'body'>) => api.callAs({ token, way: place.ways.of(own.login) }, { ...call, method: 'POST', path: request + call.path, action: `review !${number}` });
      return (state === 'approved' ? approved : noted)({ ...place, ask, token, request }, given);
    },
    writeDown,
  });
}

interface Writing extends Place {
  readonly token: string;
  /** `/projects/…/merge_requests/…` */
  readonly request: string;
  /** With the person's token, below the request. */
  ask(call: Pick<Call, 'path' | 'body'>): ReturnType<GitlabApi['call']>;
}

/** One call; another for what the person said, which an approval has no place for. docs.gitlab.com/api/merge_request_approvals/#approve-a-merge-request */
async function approved(writing: Writing, given: Asked): Promise<Review | NotOwn> {
  const { own, person, commit, body } = given;
  const action = `approve !${writing.number}`;
  const approve = { path: '/approve', body: { sha: commit } };
  let answer = await writing.ask(approve);
  if (answer.status === 401) {
    const why = await whyNot(writing, given);
    if (why !== 'approved another head') return why;
    // GitLab keeps an approval over a push, and takes no second one
    await writing.ask({ path: '/unapprove' });
    answer = await writing.ask(approve);
  }
  if (answer.status >= 400) return refusal(own, answer);
  const mine = writing.api.read(zApprovals, answer, { action }).approved_by.find(({ user }) => user.username.toLowerCase() === own.login.toLowerCase());
  // the approval is given: words that are lost on the way are in Sluice, too
  if (body.trim() !== '') await writing.ask({ path: '/notes', body: { body: besideApproval(body) } }).catch(() => undefined);
  const at = mine?.approved_at ?? writing.api.clock();
  return { id: approvalId(writing.number, own.login, at), person, login: own.login, state: 'approved', commit, body, at };
}

/** GitLab says 401 of a token that is none, of somebody who may not approve, and of somebody who has approved already. @returns the approval, if it is there */
async function whyNot({ api, ways, token, request, number, list }: Writing, { own, commit }: Asked): Promise<Review | NotOwn | 'approved another head'> {
  const self = await api.callAs({ token, way: ways.of(own.login) }, { method: 'GET', path: '/user', action: 'say whose token it is' });
  if (self.status === 401) return wornOut(own, FORGE);
  const { approved_by: approvals } = await api.ask(zApprovals, { method: 'GET', path: `${request}/approvals`, action: `read the approvals of !${number}` });
  if (!approvals.some(({ user }) => user.username.toLowerCase() === own.login.toLowerCase())) return mayNot(own, { forge: FORGE, said: RULES });
  const there = (await list()).find((one) => one.state === 'approved' && one.commit === commit && isOf(one, own));
  return there ?? 'approved another head';
}

/**
 * The REST API knows no request for changes (gitlab.com/gitlab-org/gitlab/-/issues/451995), so it is a note of the person's own, which says so. Who rejects takes their approval back: GitLab would count it
 * further. One call, and one for that.
 */
async function noted(writing: Writing, { own, state, commit, body }: Asked): Promise<Review | NotOwn> {
  const verdict = state === 'rejected' ? 'rejected' : 'commented';
  const answer = await writing.ask({ path: '/notes', body: { body: ownVerdictText({ verdict, commit }, body) } });
  if (answer.status >= 400) return refusal(own, answer);
  const note = writing.api.read(zNote, answer, { action: `write a note on !${writing.number}` });
  if (verdict === 'rejected') await writing.ask({ path: '/unapprove' }).catch(() => undefined);
  return shownOwnNote(note) ?? mayNot(own, { forge: FORGE, said: 'it made something else of the note' });
}

async function found({ list }: Place, { own, state, commit, body }: Asked): Promise<Review | undefined> {
  return (await list()).find((one) => isOf(one, own) && one.state === state && one.commit === commit && (state !== 'commented' || one.body === body));
}

function isOf({ login }: Review, own: OwnAccount): boolean {
  return login?.toLowerCase() === own.login.toLowerCase();
}

function refusal(own: OwnAccount, { status, body }: { readonly status: number; readonly body: unknown }): NotOwn {
  if (status === 401) return wornOut(own, FORGE);
  if (status === 409) return mayNot(own, { forge: FORGE, said: 'its head is another one by now' });
  return mayNot(own, { forge: FORGE, said: status === 404 ? 'they do not see the project' : messageIn(body) });
}
