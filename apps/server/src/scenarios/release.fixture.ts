import { CHECKOUT, deployment } from './shop.fixture.js';
import type { TextFiles } from './work-tree.fixture.js';
import type { Shop } from './world.fixture.js';

/** Somebody puts another version of checkout (and other files) into dev, and Sluice does what follows from it. */
export async function release(shop: Shop, tag: string, more: TextFiles = {}): Promise<void> {
  await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }), ...more });
  await shop.settle();
}
