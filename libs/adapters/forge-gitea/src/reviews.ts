import { messageOf, type RepositoryId } from '@sluice/kernel';
import type { PersonalWays } from '@sluice/forge-http';
import type { Dismissal, GivenReview, Review, Reviews, SubmittedReview } from '@sluice/usecases';
import { failureOf } from './api-error.js';
import type { GiteaApi } from './gitea-api.js';
import { shownReview, submitOwn } from './own-review.js';
import { readReview, type Verdict, writeReview } from './review-marker.js';
import { type PullReview, zReview, zReviews } from './schema.js';

/**
 * Reviews that people gave on the forge, or in Sluice by a token of their own, and what others said in Sluice, which our account has written down as reviews without a verdict: it cannot approve for others,
 * and not what it has opened itself. The forge binds each to the commit that was reviewed. (`stale` says only that the branch has gone on since: the commit says more.)
 */
export class GiteaReviews implements Reviews {
  constructor(
    private readonly api: GiteaApi,
    private readonly ways: PersonalWays,
  ) {}

  /** One call. Follows repoListPullReviews. */
  async list(repository: RepositoryId, number: number): Promise<readonly Review[]> {
    const login = await this.api.login();
    const reviews = await this.api.all(zReviews, { path: await this.path(repository, number), action: `see the reviews of request ${number}` });
    return [...reviews].sort((a, b) => a.id - b.id).flatMap((review) => shown(review, login));
  }

  async submit(repository: RepositoryId, number: number, { own, ...given }: GivenReview): Promise<SubmittedReview> {
    const writeDown = (): Promise<Review> => this.writeDown(repository, number, given);
    if (!own) return writeDown();
    return submitOwn({ api: this.api, ways: this.ways, repository, number, path: await this.path(repository, number) }, { ...given, own, writeDown });
  }

  /** Follows repoCreatePullReview. */
  private async writeDown(repository: RepositoryId, number: number, verdict: Verdict): Promise<Review> {
    const body = { event: 'COMMENT', commit_id: verdict.commit, body: writeReview(verdict) };
    const written = await this.api.ask(zReview, { method: 'POST', path: await this.path(repository, number), body, action: `write a review of request ${number} (scope write:repository)` });
    return { ...verdict, id: String(written.id), at: written.submitted_at };
  }

  /** One call each; only who administrates the repository may. Follows repoDismissPullReview. */
  async dismiss(repository: RepositoryId, number: number, approvals: readonly Review[], message: string): Promise<Dismissal> {
    for (const { id } of approvals) {
      const action = `dismiss a review of request ${number}`;
      const answer = await this.api.call({ method: 'POST', path: `${await this.path(repository, number)}/${id}/dismissals`, body: { message }, action });
      if (answer.status >= 400) return { kind: 'refused', message: messageOf(failureOf(answer, this.api.forge, action)) };
    }
    return { kind: 'dismissed' };
  }

  private async path(repository: RepositoryId, number: number): Promise<string> {
    return `${await this.api.repository(repository)}/pulls/${number}/reviews`;
  }
}

/** What our account wrote beside reviews is none. */
function shown(review: PullReview, own: string): readonly Review[] {
  if (review.user?.login !== own) return [shownReview(review)].flatMap((one) => one ?? []);
  const verdict = review.dismissed === true || review.state !== 'COMMENT' ? undefined : readReview(review.body ?? '');
  return verdict ? [{ ...verdict, id: String(review.id), at: review.submitted_at }] : [];
}
