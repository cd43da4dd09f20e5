import { Conflict, type CommitSha, type PersonName } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import type { DecidePromotion } from '../lifecycle/decide-promotion.js';
import type { Approval } from '../ports/index.js';

/**
 * Merging and closing a promotion's request on the built-in forge: whoever presses the button there decides about the promotion, and needs the right for that where it goes. To work on requests is a right
 * that is held anywhere in the repository.
 */
export class SettleChange {
  constructor(private readonly decide: Pick<DecidePromotion, 'merge' | 'reject'>) {}

  /** It is merged like every promotion: by a worker, after one more look at what could hold it. @throws Forbidden; Conflict when it is not what was looked at, or its gates have not passed. */
  async merge({ repository, id, candidate }: Promotion, { expectedHead, by }: { readonly expectedHead: CommitSha; readonly by: PersonName }): Promise<void> {
    if (candidate.head !== expectedHead) throw new Conflict(`the request's head is ${candidate.head.slice(0, 10)} now: look again and merge that`);
    await this.decide.merge({ repository, promotion: id, digest: candidate.digest, person: by });
  }

  /** A rejection. @throws Forbidden; Conflict when it was settled meanwhile. */
  async close({ repository, id, candidate }: Promotion, { reason, by, door }: { readonly reason: string; readonly by: PersonName; readonly door: Approval['door'] }): Promise<void> {
    await this.decide.reject({ repository, promotion: id, digest: candidate.digest, person: by, reason, door });
  }
}
