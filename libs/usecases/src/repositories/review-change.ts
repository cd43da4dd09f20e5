import { Conflict } from '@sluice/kernel';
import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import type { DecidePromotion } from '../lifecycle/decide-promotion.js';
import type { AuditLog, Person, Promotions, Review, Reviews } from '../ports/index.js';
import { promotionOfChange } from './promotion-of-change.js';

export interface ChangeReview {
  readonly state: Review['state'];
  /** The head that was looked at. */
  readonly commit: CommitSha;
  readonly body: string;
}

/** A review on the built-in forge. On a promotion's request it is that person's approval or rejection, under the same rules as by any other door. */
export class ReviewChange {
  constructor(
    private readonly ports: { readonly reviews: Reviews; readonly promotions: Promotions; readonly audit: AuditLog },
    private readonly decide: DecidePromotion,
  ) {}

  /** @throws Forbidden when the person's decision would not count; Conflict when the head is not what was looked at. */
  async run(change: { readonly repository: RepositoryId; readonly number: number }, review: ChangeReview, by: Person): Promise<Review> {
    const promotion = review.state === 'commented' ? undefined : await promotionOfChange(this.ports.promotions, change);
    if (promotion) await this.count(promotion, review, by);
    const submitted = await this.ports.reviews.submit(change.repository, change.number, { person: by.name, ...review });
    await this.ports.audit.append({ action: 'review.submit', by: by.name, place: { repository: change.repository, ...(promotion && { promotion: promotion.id }) }, after: { number: change.number, state: review.state, commit: review.commit }, why: review.body });
    return submitted;
  }

  private async count(promotion: Promotion, { state, commit, body }: ChangeReview, by: Person): Promise<void> {
    const { repository, candidate } = promotion;
    if (candidate.head !== commit) throw new Conflict(`the request's head is ${candidate.head.slice(0, 10)} now: look again and review that`);
    const decision = { repository, promotion: promotion.id, digest: candidate.digest, person: by.name, door: 'forge' } as const;
    if (state === 'approved') await this.decide.approve({ ...decision, comment: body });
    else await this.decide.reject({ ...decision, reason: body.trim() === '' ? 'rejected in a review' : body });
  }
}
