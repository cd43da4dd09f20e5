import { environmentName } from '@sluice/kernel';
import type { MergeMethod } from '@sluice/usecases';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const HOLD = '      directPush: hold';

export function hotfix(level: string) {
  return deployment('checkout', { replicas: 2, level });
}

/** Bob pushes a hotfix to qa, which holds what did not come by promotion. */
export function pushSteps(world: () => World, mergeMethod: MergeMethod) {
  const inOneWay = (title: string, test: () => Promise<void>): void => {
    if (mergeMethod === 'squash') it(title, test);
  };

  const qaState = (shop: Shop) => world().ports.environments.state(shop.id, environmentName('qa'));
  const runs = async (shop: Shop) => (await qaState(shop))?.assigned;

  const started = (roles = ''): Promise<Shop> => {
    const files = branches({ qa: HOLD });
    const { 'sluice.yaml': config } = files['main'] ?? {};
    return world().repository({ ...files, main: { 'sluice.yaml': `${config ?? ''}${roles}` } }, { mergeMethod });
  };

  /** Bob has pushed a hotfix to qa. */
  async function pushed(roles = ''): Promise<Shop> {
    const shop = await started(roles);
    await shop.commit('qa', { [CHECKOUT]: hotfix('trace') }, { as: 'bob', message: 'hotfix by hand' });
    await shop.settle();
    return shop;
  }

  return { inOneWay, qaState, runs, started, pushed };
}
