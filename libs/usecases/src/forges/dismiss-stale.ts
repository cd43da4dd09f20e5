import { messageOf, Unavailable } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import type { Review } from '../ports/index.js';

type Ports = Pick<LifecyclePorts, 'promotions' | 'reviews' | 'memory' | 'events'>;

/** With the promotion that was approved by it. */
interface StaleReview extends Review {
  readonly approved: Pick<Promotion, 'repository' | 'id'>;
}

/** Promotions of a lane that are looked through for what was approved. */
const LOOKED_THROUGH = 50;

/**
 * An approval that was given in the forge for content that is offered no more is taken back there too: the forge would count it on. What was merely composed again with the same content keeps its approvals, and
 * a request for changes stays. What the forge does not let us take back is told once, and nothing waits for it. `reviews`: the newest of each person.
 */
export async function dismissStale(ports: Ports, promotion: Promotion, reviews: readonly Review[]): Promise<void> {
  const given = reviews.filter(({ state, login, commit }) => state === 'approved' && login !== undefined && commit !== promotion.candidate.head);
  const stale = given.length === 0 ? [] : await ofOtherContent(ports, promotion, given);
  const kept = await Promise.all(stale.map(async (review) => (await ports.memory.get(keyOf(review))) !== undefined));
  const wanted = stale.filter((_, index) => kept[index] !== true);
  if (wanted.length > 0) await dismiss(ports, promotion, wanted);
}

/** Those for what a promotion offered that this one has replaced. Of another commit nobody knows what it was: perhaps it comes next. */
async function ofOtherContent({ promotions }: Ports, { repository, application, target, candidate }: Promotion, given: readonly Review[]): Promise<readonly StaleReview[]> {
  const { items } = await promotions.list({ repository, application, target, limit: LOOKED_THROUGH });
  const offered = new Map(items.map((promotion) => [promotion.candidate.head, promotion]));
  return given.flatMap((review) => {
    const approved = offered.get(review.commit);
    return approved && approved.candidate.digest !== candidate.digest ? [{ ...review, approved }] : [];
  });
}

async function dismiss(ports: Ports, promotion: Promotion, stale: readonly StaleReview[]): Promise<void> {
  const { repository, id, target, application, candidate, change } = promotion;
  const told = { repository, environment: target, application, promotion: id };
  const who = stale.map(({ person }) => person).join(', ');
  const message = `The content of this promotion has changed: what was approved is offered no more. Please look at ${candidate.head.slice(0, 12)} and review it again.`;
  const outcome = await asked(ports, promotion, stale, message);
  if (outcome === undefined) return;
  if (outcome.kind === 'dismissed') return void (await ports.events.append({ ...told, type: 'review.dismissed', message: `the approval by ${who} was taken back on the forge: the content has changed` }));
  for (const review of stale) await ports.memory.put(keyOf(review), outcome.message);
  await ports.events.append({ ...told, type: 'review.kept', message: `the approval by ${who} in request ${change?.number ?? 0} was for other content and does not count, but could not be taken back on the forge: ${outcome.message}` });
}

/** Nothing when the forge does not answer: the next look asks again. */
async function asked({ reviews }: Ports, { repository, change }: Promotion, stale: readonly StaleReview[], message: string) {
  try {
    return await reviews.dismiss(repository, change?.number ?? 0, stale, message);
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    return { kind: 'refused', message: messageOf(error) } as const;
  }
}

function keyOf({ id, approved }: StaleReview): string {
  return `kept-review:${approved.repository}:${approved.id}:${id}`;
}
