import type { Way } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

const APPROVED = '      approvals: { required: 1, from: ["*"], excludeAuthors: true, excludeRequester: true }';

/** A release by bob that has reached qa and waits in front of prod, where anybody else may approve it. */
export function approvalSteps(world: () => World, way: Way) {
  const released = async (): Promise<Shop> => {
    const shop = await world().repository(branches({ prod: APPROVED }), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) }, { as: 'bob' });
    await shop.settle();
    return shop;
  };

  return { released };
}
