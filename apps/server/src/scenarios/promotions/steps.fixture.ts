import type { Way } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true, excludeRequester: true }';

/** A repository of the shop that is merged and polled in one way, and what is right about it in the end. */
export function promotionSteps(world: () => World, way: Way) {
  const repository = (files: ReturnType<typeof branches>): Promise<Shop> => world().repository(files, way);

  const reverted = async (): Promise<Shop> => {
    const shop = await repository(branches({ prod: '      merge: manual' }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), 'apps/checkout/extra.yaml': 'a: 1\n' });
    await shop.settle();
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', ...(way.mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
    await shop.push('qa');
    await shop.settle();
    return shop;
  };

  return { repository, reverted };
}
