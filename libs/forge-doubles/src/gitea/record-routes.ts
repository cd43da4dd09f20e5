import { type CommitSha, commitSha } from '@sluice/kernel';
import { z } from 'zod';
import { route, type Route } from '../base/route.js';
import type { Account } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest } from '../base/records.js';
import { counted, doer, failure, type GiteaParts, listed, notFound, permissionOf, repositoryOf, REPO, requestOf, writable } from './parts.js';
import { reviewJson, repositoryJson, statusJson } from './wire.js';

const page = { page: z.coerce.number().int().min(1).optional(), limit: z.coerce.number().int().min(0).optional() };
const SWAGGER = 'docs.gitea.com/api/#tag/repository/operation/';
const EVENTS = { APPROVED: 'approved', REQUEST_CHANGES: 'rejected', COMMENT: 'commented' } as const;

/** Reviews and statuses. */
export function recordRoutes(parts: GiteaParts): readonly Route[] {
  return [reviewsRoute(parts), reviewRoute(parts), dismissalRoute(parts), combinedRoute(parts), statusRoute(parts)];
}

function reviewsRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/pulls/{index}/reviews`,
    docs: `${SWAGGER}repoListPullReviews`,
    query: z.strictObject(page),
    handle: (call) => {
      const { repository, request } = requestOf(parts, call);
      const reviews = repository.reviews.filter((one) => one.request === request.number);
      return counted(parts, call, reviews.map((review) => reviewJson(parts.world, repository, request, review)));
    },
  });
}

function reviewRoute(parts: GiteaParts): Route {
  return route({
    method: 'POST',
    path: `${REPO}/pulls/{index}/reviews`,
    docs: `${SWAGGER}repoCreatePullReview`,
    body: z.strictObject({ event: z.enum(['APPROVED', 'REQUEST_CHANGES', 'COMMENT']), body: z.string().default(''), commit_id: z.string().optional() }),
    handle: (call) => {
      const { repository, request } = requestOf(parts, call);
      const { event, body, commit_id: commit } = call.body;
      const by = doer(call);
      if (event !== 'COMMENT' && by.login === request.author.login) throw failure(parts.world, 422, `${event === 'APPROVED' ? 'approve' : 'reject'} your own pull is not allowed`);
      if (event !== 'APPROVED' && body.trim() === '') throw failure(parts.world, 422, `review event ${event} requires a body`);
      if (event !== 'COMMENT') replaceEarlier(repository, request, by);
      const review = repository.review(request, { state: EVENTS[event], body, ...(commit && { commit: commitSha(commit) }) }, by);
      return { status: 200, body: reviewJson(parts.world, repository, request, review) };
    },
  });
}

/** Of one person only the newest counts, and those before it are dismissed without a word: CreateReview in models/issues/review.go. */
function replaceEarlier({ reviews }: DoubleRepository, { number }: StoredRequest, { login }: Account): void {
  for (const earlier of reviews) if (earlier.request === number && earlier.by.login === login && earlier.state !== 'commented') earlier.state = 'dismissed';
}

function dismissalRoute(parts: GiteaParts): Route {
  return route({
    method: 'POST',
    path: `${REPO}/pulls/{index}/reviews/{id}/dismissals`,
    docs: `${SWAGGER}repoDismissPullReview`,
    body: z.strictObject({ message: z.string().default(''), priors: z.boolean().optional() }),
    handle: (call) => {
      const { repository, request } = requestOf(parts, call);
      if (permissionOf(call) !== 'admin') throw failure(parts.world, 403, 'Must be repo admin');
      const review = repository.reviews.find(({ id, request: number }) => id === Number(call.params['id']) && number === request.number);
      if (!review) throw notFound(parts.world);
      if (review.state === 'commented') throw failure(parts.world, 403, 'not need to dismiss this review because it\'s type is not Approve or change request');
      if (review.state !== 'dismissed') repository.dismiss(request, review, doer(call));
      return { status: 200, body: reviewJson(parts.world, repository, request, review) };
    },
  });
}

function combinedRoute(parts: GiteaParts): Route {
  return route({
    method: 'GET',
    path: `${REPO}/commits/{ref}/status`,
    docs: `${SWAGGER}repoGetCombinedStatusByRef`,
    query: z.strictObject(page),
    handle: (call) => {
      const repository = repositoryOf(parts, call);
      const newest = newestOf(repository, (call.params['ref'] ?? '') as CommitSha);
      if (newest.length === 0 && !parts.dialect.emptyCombined) return { status: 200 };
      const { items } = listed(parts, call, newest);
      const statuses = items.length === 0 ? null : items.map((status) => statusJson(parts.world, repository, status));
      return { status: 200, body: { state: newest.length === 0 ? '' : 'pending', sha: call.params['ref'], total_count: newest.length, statuses, repository: repositoryJson(parts.world, repository), commit_url: '', url: '' } };
    },
  });
}

function newestOf(repository: DoubleRepository, commit: CommitSha) {
  const seen = new Set<string>();
  return repository.statusesOf(commit).filter(({ context }) => !seen.has(context) && seen.add(context));
}

function statusRoute(parts: GiteaParts): Route {
  return route({
    method: 'POST',
    path: `${REPO}/statuses/{sha}`,
    docs: `${SWAGGER}repoCreateStatus`,
    body: z.strictObject({ state: z.enum(['pending', 'success', 'error', 'failure', 'warning']), context: z.string(), description: z.string().max(255).default(''), target_url: z.url().optional() }),
    handle: async (call) => {
      const repository = writable(parts, call);
      const commit = await repository.git.resolve(call.params['sha'] ?? '');
      if (!commit) throw notFound(parts.world, 'object does not exist');
      const { state, context, description, target_url: url } = call.body;
      const status = repository.setStatus({ commit, state, context, description, extra: {}, ...(url !== undefined && { url }) }, doer(call));
      return { status: 201, body: statusJson(parts.world, repository, status) };
    },
  });
}
