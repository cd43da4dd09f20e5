import { messageOf, type RepositoryId } from '@sluice/kernel';
import type { Dismissal, Review, Reviews } from '@sluice/usecases';
import { failureOf } from './api-error.js';
import type { GiteaApi } from './gitea-api.js';
import { loginAsPerson, readReview, type Verdict, writeReview } from './review-marker.js';
import { type PullReview, zReview, zReviews } from './schema.js';

const STATES: Readonly<Record<string, Review['state']>> = { APPROVED: 'approved', REQUEST_CHANGES: 'rejected', COMMENT: 'commented' };

/**
 * Reviews that people gave on the forge, and what they said in Sluice, which our account has written down as reviews without a verdict: it cannot approve for others, and not what it has opened itself. The
 * forge binds each to the commit that was reviewed. (`stale` says only that the branch has gone on since: the commit says more.)
 */
export class GiteaReviews implements Reviews {
  constructor(private readonly api: GiteaApi) {}

  /** One call. Follows repoListPullReviews. */
  async list(repository: RepositoryId, number: number): Promise<readonly Review[]> {
    const login = await this.api.login();
    const reviews = await this.api.all(zReviews, { path: await this.path(repository, number), action: `see the reviews of request ${number}` });
    return [...reviews].sort((a, b) => a.id - b.id).flatMap((review) => shown(review, login));
  }

  /** Follows repoCreatePullReview. */
  async submit(repository: RepositoryId, number: number, verdict: Verdict): Promise<Review> {
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

/** Those that are not given yet, only asked for, or dismissed count for nothing; nor what our account wrote beside reviews. */
function shown({ id, user, state, body, commit_id: commit, dismissed, submitted_at: at }: PullReview, own: string): readonly Review[] {
  const known = STATES[state];
  if (dismissed === true || known === undefined || !user) return [];
  if (user.login === own) {
    const verdict = readReview(body ?? '');
    return verdict ? [{ ...verdict, id: String(id), at }] : [];
  }
  return commit === undefined ? [] : [{ id: String(id), person: loginAsPerson(user.login), login: user.login, state: known, commit, body: body ?? '', at }];
}
