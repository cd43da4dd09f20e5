import { CHECKOUT, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

/** Who may roll back at once. */
export const SRE = '\n      emergency: { required: 1, from: [group:sre] }';

/** What an agent says of a checkout that does not come up. */
export const FAULT = [{ path: CHECKOUT, message: 'crash loop' }];

/** checkout as qa has it with a version. */
export function before(tag: string): string {
  return deployment('checkout', { tag, replicas: 2 });
}

/** The rollout that qa is in, or was in last. */
export async function running(shop: Shop) {
  return (await shop.rollout('qa')).rollout;
}
