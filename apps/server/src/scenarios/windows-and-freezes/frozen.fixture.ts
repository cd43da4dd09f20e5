import { applicationName, environmentName, personName } from '@sluice/kernel';
import { FreezeLanes, ReadWhy } from '@sluice/usecases';
import type { FreezeEnd } from '@sluice/usecases';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const TWO_HOURS: FreezeEnd = { lasting: 2 * 3_600_000 };
export const NOON = '2026-01-07T12:00:00Z';

export function order(shop: Shop, scope: { readonly environment?: string; readonly application?: string }, person = 'grace') {
  return {
    repository: shop.id,
    ...(scope.environment === undefined ? {} : { environment: environmentName(scope.environment) }),
    ...(scope.application === undefined ? {} : { application: applicationName(scope.application) }),
    person: personName(person),
    reason: 'incident 7',
  };
}

export async function release(shop: Shop, tag: string): Promise<void> {
  await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }), [CART]: deployment('cart', { tag }) });
  await shop.settle();
}

export async function tagIn(shop: Shop, branch: string, file = CHECKOUT) {
  return /:(\d\.\d)\n/.exec((await shop.file(branch, file)) ?? '')?.[1];
}

/** Orders to freeze, and what a release does then. */
export function freezeSteps(world: () => World) {
  const orders = (): FreezeLanes => new FreezeLanes(world().ports);
  const why = (shop: Shop) => new ReadWhy(world().ports, world().ports.clock).run({ repository: shop.id });

  return { orders, why };
}
