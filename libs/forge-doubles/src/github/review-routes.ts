import { commitSha } from '@sluice/kernel';
import type { StoredReview } from '../base/records.js';
import type { Route } from '../base/route.js';
import { githubError, type GithubContext, type Needs } from './context.js';
import { type GithubCall, githubPage, githubRoute } from './github-route.js';
import { accountOf, bodyOf, type Found, foundIn } from './pull-routes.js';
import { Shapes } from './shapes.js';

const READS: Needs = { pull_requests: 'read' };
const WRITES: Needs = { pull_requests: 'write' };
const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const STATES = { APPROVE: 'approved', REQUEST_CHANGES: 'rejected', COMMENT: 'commented' } as const;

/** Reviews of pull requests. */
export function reviewRoutes(context: GithubContext): readonly Route[] {
  const shapes = new Shapes(context.world);
  return [
    githubRoute({
      method: 'GET',
      path: REVIEWS,
      handle: (call) => {
        const { repository, request } = foundIn(context, call, READS);
        return { status: 200, ...bodyOf(githubPage(call, repository.reviews.filter((one) => one.request === request.number).map((one) => shapes.review(one)))) };
      },
    }),
    githubRoute({
      method: 'POST',
      path: REVIEWS,
      handle: (call) => ({ status: 200, body: shapes.review(submitted(call, foundIn(context, call, WRITES))) }),
    }),
    githubRoute({
      method: 'PUT',
      path: `${REVIEWS}/{review_id}/dismissals`,
      handle: (call) => ({ status: 200, body: shapes.review(dismissed(call, foundIn(context, call, WRITES))) }),
    }),
  ];
}

/** docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request */
function submitted(call: GithubCall, { repository, request }: Found): StoredReview {
  const { event, body = '', commit_id: commit } = call.body as { readonly event?: keyof typeof STATES; readonly body?: string; readonly commit_id?: string };
  const by = accountOf(call);
  if (event === undefined) throw new Error('the double knows no reviews that are not submitted');
  if (event !== 'APPROVE' && body === '') throw githubError(422, 'Unprocessable Entity', { errors: [`Body can't be blank for ${event}`] });
  if (event !== 'COMMENT' && by.login === request.author.login) throw githubError(422, 'Unprocessable Entity', { errors: [event === 'APPROVE' ? 'Can not approve your own pull request' : 'Can not request changes on your own pull request'] });
  return repository.review(request, { state: STATES[event], body, ...(commit !== undefined && { commit: commitSha(commit) }) }, by);
}

function dismissed(call: GithubCall, { repository, request }: Found): StoredReview {
  const review = repository.reviews.find(({ id, request: number }) => id === Number(call.params['review_id']) && number === request.number);
  if (!review) throw githubError(404, 'Not Found');
  if (review.state === 'dismissed') throw githubError(422, 'Unprocessable Entity', { errors: ['Can not dismiss a dismissed pull request review'] });
  if (review.state === 'commented') throw githubError(422, 'Unprocessable Entity', { errors: ['Can not dismiss a commented pull request review'] });
  repository.dismiss(request, review, accountOf(call));
  return review;
}
