import type { Shop } from './world.fixture.js';

/** There is nothing to promote to an environment, and nothing in the way. */
export async function inSync(shop: Shop, application = 'checkout', target = 'qa'): Promise<void> {
  expect(await shop.lane(application, target)).toMatchObject({ condition: 'in-sync' });
}
