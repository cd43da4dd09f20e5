import { Conflict, Forbidden, NotFound, messageOf, present } from '@sluice/kernel';
import type { LaneId, Promotion } from '@sluice/promotion';
import type { DecidePromotion } from '../lifecycle/decide-promotion.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import type { Person, Review } from '../ports/index.js';
import { dismissStale } from './dismiss-stale.js';
import { noteCounted, withdrawGone } from './withdraw-gone.js';

type Ports = Pick<LifecyclePorts, 'repositories' | 'promotions' | 'approvals' | 'people' | 'reviews' | 'memory' | 'events' | 'audit' | 'transactions'>;

/** Reviews that people have made on a forge over the network are decisions of theirs, under the same rules as by any other door. */
export class FollowReviews {
  constructor(
    private readonly ports: Ports,
    private readonly decide: DecidePromotion,
  ) {}

  /** Doing it again changes nothing. @throws Unavailable when the forge does not answer. */
  async run(lane: LaneId): Promise<void> {
    const repository = await this.ports.repositories.get(lane.repository);
    if (!repository?.remote) return;
    const promotion = await this.ports.promotions.current(lane);
    if (!promotion?.change) return;
    const reviews = await this.ports.reviews.list(lane.repository, promotion.change.number);
    const newest = newestOfEach(reviews);
    for (const review of newest) if (review.commit === promotion.candidate.head) await this.count(promotion, review);
    await withdrawGone(this.ports, promotion, reviews);
    await dismissStale(this.ports, promotion, newest);
  }

  private async count(promotion: Promotion, review: Review): Promise<void> {
    const person = await this.ports.people.get(review.person);
    if (!person) return this.ignore(promotion, review, `nobody has said who ${review.person} is: \`sluice people link\` does`);
    if (review.state === 'approved') await noteCounted(this.ports, promotion, person.name);
    if (await this.isCounted(promotion, review, person)) return;
    const { repository, id, candidate } = promotion;
    const decision = { repository, promotion: id, digest: candidate.digest, person: person.name, door: 'forge', ...present({ login: review.login }) } as const;
    try {
      if (review.state === 'approved') await this.decide.approve({ ...decision, comment: review.body });
      else await this.decide.reject({ ...decision, reason: review.body.trim() === '' ? 'rejected in a review' : review.body });
    } catch (error) {
      if (!(error instanceof Forbidden || error instanceof Conflict || error instanceof NotFound)) throw error;
      await this.ignore(promotion, review, messageOf(error));
    }
  }

  private async isCounted({ repository, candidate }: Promotion, { state }: Review, person: Person): Promise<boolean> {
    const own = (await this.ports.approvals.of(repository, candidate.digest)).filter((approval) => approval.person === person.name && ['approved', 'rejected'].includes(approval.decision));
    return own.at(-1)?.decision === state;
  }

  /** Said once for each review. */
  private async ignore({ repository, target, application, id }: Promotion, review: Review, why: string): Promise<void> {
    const key = `ignored-review:${repository}:${id}:${review.id}`;
    if ((await this.ports.memory.get(key)) === why) return;
    await this.ports.memory.put(key, why);
    await this.ports.events.append({ type: 'review.ignored', repository, environment: target, application, promotion: id, message: `the review by ${review.person} does not count: ${why}` });
  }
}

/** What each person on the forge has decided last; comments decide nothing. */
function newestOfEach(reviews: readonly Review[]): readonly Review[] {
  const newest = new Map<string, Review>();
  for (const review of reviews) {
    const before = newest.get(review.login ?? '');
    if (review.login !== undefined && review.state !== 'commented' && (!before || before.at <= review.at)) newest.set(review.login, review);
  }
  return [...newest.values()];
}
