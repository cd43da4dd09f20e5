import { CHECKOUT, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

export const WANTED = deployment('checkout', { tag: '2.0', replicas: 2 });

export async function expectRight(shop: Shop): Promise<void> {
  expect(await shop.file('qa', CHECKOUT)).toBe(WANTED);
  expect((await shop.requests()).filter((request) => request.sourceBranch === 'sluice/promote/qa/checkout' && request.title.startsWith('Promote'))).toHaveLength(1);
  expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
  const states = (await shop.promotions('checkout', 'qa')).map((promotion) => promotion.state);
  expect(states.filter((state) => state === 'open' || state === 'ready' || state === 'merging')).toEqual([]);
}
