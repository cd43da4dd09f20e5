import { membersOf } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import type { PromotionFilter, Promotions } from '../ports/index.js';

const PAGE = 200;

/** Every promotion that a filter finds, up to a bound: newest first. Only for filters whose answer is bounded by the number of lanes. */
export async function allPages(promotions: Promotions, filter: Omit<PromotionFilter, 'limit' | 'cursor'>, bound: number): Promise<readonly Promotion[]> {
  const items: Promotion[] = [];
  let cursor: string | undefined;
  do {
    const page = await promotions.list({ ...filter, limit: Math.min(PAGE, bound - items.length), ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && items.length < bound);
  return items;
}

/** One entry a lane, the first that comes. */
export function firstOfLane(promotions: readonly Promotion[]): ReadonlyMap<string, Promotion> {
  const lanes = new Map<string, Promotion>();
  for (const promotion of promotions) {
    for (const application of membersOf(promotion)) {
      const key = laneKey(promotion.target, application);
      if (!lanes.has(key)) lanes.set(key, promotion);
    }
  }
  return lanes;
}

export function laneKey(target: string, application: string): string {
  return `${target}/${application}`;
}
