import type { RepositoryId } from '@sluice/kernel';
import { mayNot, type PersonalWays, submitAsOwn, withOrigin, withoutOrigin, wornOut } from '@sluice/forge-http';
import type { GivenReview, NotOwn, OwnAccount, Review, SubmittedReview } from '@sluice/usecases';
import { type Answer, messageIn, missingScope } from './api-error.js';
import type { GiteaApi } from './gitea-api.js';
import { loginAsPerson, MAX_TEXT } from './review-marker.js';
import { type PullReview, zReview, zReviews } from './schema.js';

const EVENTS: Readonly<Record<Review['state'], string>> = { approved: 'APPROVED', rejected: 'REQUEST_CHANGES', commented: 'COMMENT' };
const STATES: Readonly<Record<string, Review['state']>> = { APPROVED: 'approved', REQUEST_CHANGES: 'rejected', COMMENT: 'commented' };

interface Place {
  readonly api: GiteaApi;
  readonly ways: PersonalWays;
  readonly repository: RepositoryId;
  readonly number: number;
  /** Of the request's reviews. */
  readonly path: string;
}

/** One call. Follows repoCreatePullReview. */
export async function submitOwn({ api, ways, repository, number, path }: Place, given: GivenReview & { readonly own: OwnAccount; readonly writeDown: () => Promise<Review> }): Promise<SubmittedReview> {
  const { own, person, state, commit, body, writeDown } = given;
  return submitAsOwn({
    memory: api.memory,
    key: [(await api.path(repository)).toLowerCase(), number, own.login.toLowerCase(), state, commit].join('#'),
    forge: api.forge,
    own,
    person,
    find: async () => {
      const reviews = (await api.all(zReviews, { path, action: `see the reviews of request ${number}` })).flatMap((review) => shownReview(review) ?? []);
      return reviews.find((one) => one.login?.toLowerCase() === own.login.toLowerCase() && one.state === state && one.commit === commit && (state !== 'commented' || one.body === body));
    },
    write: async (token) => {
      const call = { method: 'POST', path, body: { event: EVENTS[state], commit_id: commit, body: withOrigin(body.slice(0, MAX_TEXT)) }, action: `review request ${number}` } as const;
      const answer = await api.callAs({ token, way: ways.of(own.login) }, call);
      return answer.status >= 400 ? refusal(own, answer, api.forge) : (shownReview(api.read(zReview, answer, call.action)) ?? mayNot(own, { forge: api.forge, said: 'it made something else of it' }));
    },
    writeDown,
  });
}

function refusal(own: OwnAccount, answer: Answer, forge: string): NotOwn {
  if (answer.status === 401) return wornOut(own, forge);
  const scope = missingScope(answer);
  if (scope !== undefined) return mayNot(own, { forge, said: `their token lacks the scope ${scope}` });
  return mayNot(own, { forge, said: answer.status === 404 ? 'they do not see the repository' : messageIn(answer.body) });
}

/** A review that somebody gave on the forge, or with their own token, with their own words only. Those that are not given yet, only asked for, or dismissed count for nothing. */
export function shownReview({ id, user, state, body, commit_id: commit, dismissed, submitted_at: at }: PullReview): Review | undefined {
  const known = STATES[state];
  if (dismissed === true || known === undefined || !user || commit === undefined) return undefined;
  return { id: String(id), person: loginAsPerson(user.login), login: user.login, state: known, commit, body: withoutOrigin(body ?? ''), at };
}
