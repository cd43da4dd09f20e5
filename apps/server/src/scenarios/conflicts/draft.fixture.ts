import type { MergeMethod } from '@sluice/usecases';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { DeploymentFields } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const BRANCH = 'sluice/promote/qa/checkout';
export const APPROVED = '      approvals: { required: 1, from: ["*"] }';
export const LEVEL = 'spec.template.spec.containers[checkout].env[LOG_LEVEL].value';

export function dev(fields: DeploymentFields): string {
  return deployment('checkout', fields);
}

export function qa(fields: DeploymentFields): string {
  return deployment('checkout', { replicas: 2, ...fields });
}

export async function draft(shop: Shop) {
  return (await shop.requests()).find((request) => request.sourceBranch === BRANCH && request.state === 'open');
}

export async function fieldsInConflict(shop: Shop) {
  return (await shop.lane('checkout', 'qa'))?.conflicts.map(({ field }) => field);
}

/** dev and qa have changed the same field, and a draft waits for somebody to resolve that. */
export function conflictSteps(world: () => World, mergeMethod: MergeMethod) {
  const inOneWay = (title: string, test: () => Promise<void>): void => {
    if (mergeMethod === 'squash') it(title, test);
  };

  /** qa has another level and another tag than dev, both since the last promotion; what dev changed of the cart does not conflict. */
  async function conflicted(environment = ''): Promise<Shop> {
    const shop = await world().repository(branches({ qa: environment, prod: '      merge: manual' }), { mergeMethod });
    await shop.commit('qa', { [CHECKOUT]: qa({ tag: '1.0-fix', level: 'trace' }) }, { as: 'grace' });
    await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0', level: 'debug' }), 'apps/checkout/notes.txt': 'new\n', [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    return shop;
  }

  return { inOneWay, conflicted };
}
