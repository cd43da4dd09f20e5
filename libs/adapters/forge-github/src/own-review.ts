import { instant, printableLine, type RepositoryId } from '@sluice/kernel';
import { mayNot, type PersonalWays, submitAsOwn, withOrigin, withoutOrigin, wornOut } from '@sluice/forge-http';
import type { GivenReview, NotOwn, OwnAccount, Review, SubmittedReview } from '@sluice/usecases';
import { problemOf } from './api-error.js';
import type { GithubApi } from './github-api.js';
import { isSameLogin } from './own-login.js';
import { personOf } from './person-of.js';
import { writtenBody } from './request-text.js';
import { type NativeReview, zReview } from './schema.js';

const FORGE = 'GitHub';
/** Ids of reviews that were given on GitHub begin so. */
export const NATIVE = 'review-';
const EVENTS: Readonly<Record<Review['state'], string>> = { approved: 'APPROVE', rejected: 'REQUEST_CHANGES', commented: 'COMMENT' };
/** Those that were dismissed, and those that are not sent off yet, count for nothing. */
const STATES: Readonly<Record<string, Review['state']>> = { APPROVED: 'approved', CHANGES_REQUESTED: 'rejected', COMMENTED: 'commented' };
/** Characters for the line that says where a review was given. */
const SPARE = 100;

interface OwnReviewParts {
  readonly api: GithubApi;
  readonly ways: PersonalWays;
  /** The reviews that people have given on GitHub. */
  native(repository: RepositoryId, number: number): Promise<readonly Review[]>;
}

type Asked = GivenReview & { readonly own: OwnAccount };

/** One call. docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request */
export async function submitOwn({ api, ways, native }: OwnReviewParts, { repository, number }: { readonly repository: RepositoryId; readonly number: number }, given: Asked & { readonly writeDown: () => Promise<Review> }): Promise<SubmittedReview> {
  const { own, person, state, commit, body, writeDown } = given;
  return submitAsOwn({
    memory: api.memory,
    key: [(await api.path(repository)).toLowerCase(), number, own.login.toLowerCase(), state, commit].join('#'),
    forge: FORGE,
    own,
    person,
    find: async () => (await native(repository, number)).find((one) => isSameLogin(one.login ?? '', own.login) && one.state === state && one.commit === commit && (state !== 'commented' || one.body === body)),
    write: async (token) => {
      const [owner = '', repo = ''] = (await api.path(repository)).split('/');
      const call = {
        route: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
        parameters: { owner, repo, pull_number: number, commit_id: commit, event: EVENTS[state], body: withOrigin(writtenBody(body, SPARE)) },
        action: `review #${number}`,
      };
      const reply = await api.callAs({ token, way: ways.of(own.login) }, call);
      return reply.status >= 400 ? refusal(own, reply) : (shownReview(api.read(zReview, reply, call)) ?? mayNot(own, { forge: FORGE, said: 'it made something else of it' }));
    },
    writeDown,
  });
}

function refusal(own: OwnAccount, reply: Parameters<typeof problemOf>[0] & { readonly status: number }): NotOwn {
  if (reply.status === 401) return wornOut(own, FORGE);
  const { message } = problemOf(reply);
  return mayNot(own, { forge: FORGE, said: reply.status === 404 ? 'their token, or the app that made it, does not see the repository' : printableLine(message, 300) });
}

/** As it is read back: a native review with the person's words only. Undefined for what counts for nothing, and without its commit nobody knows what was reviewed. */
export function shownReview({ id, user, body, state, commit_id: commit, submitted_at: at }: NativeReview): Review | undefined {
  const known = STATES[state];
  return known && commit ? { id: `${NATIVE}${id}`, person: personOf(user), login: user, state: known, commit, body: withoutOrigin(body), at: at ?? instant(0) } : undefined;
}
