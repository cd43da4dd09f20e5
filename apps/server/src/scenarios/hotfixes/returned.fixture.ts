import { ReadBackflow } from '@sluice/usecases';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { DeploymentFields, PipelineFields } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const SETTINGS = 'apps/checkout/settings.yaml';

export function settings(colour: string) {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: checkout\ndata:\n  colour: ${colour}\n`;
}

export function dev(fields: DeploymentFields = {}) {
  return deployment('checkout', fields);
}

export function qa(fields: DeploymentFields = {}) {
  return deployment('checkout', { replicas: 2, ...fields });
}

export function prod(fields: DeploymentFields = {}) {
  return deployment('checkout', { replicas: 4, registry: 'registry.prod.example.org', ...fields });
}

export async function returning(shop: Shop, environment = 'prod') {
  return (await shop.requests()).filter(({ sourceBranch }) => sourceBranch === `sluice/backflow/dev/checkout/${environment}`);
}

export function hotfix(shop: Shop, fields: DeploymentFields, message = 'calm it down') {
  return shop.commit('prod', { [CHECKOUT]: prod(fields) }, { as: 'bob', message });
}

export async function merge(shop: Shop, method: 'squash' | 'rebase' | 'merge' = 'squash'): Promise<void> {
  const [request] = await returning(shop);
  expect(await shop.mergeOnForge(request?.number ?? 0, request?.head as never, method)).toBe('merged');
  await shop.settle();
}

/** A hotfix on prod, and the request that returns it to dev. */
export function hotfixSteps(world: () => World) {
  const backflow = (shop: Shop) => new ReadBackflow(world().ports).run({ repository: shop.id });

  /** A tag has reached prod. */
  async function promoted(fields: PipelineFields = {}, mergeMethod: 'squash' | 'rebase' | 'merge' = 'squash'): Promise<Shop> {
    const shop = await world().repository(branches(fields), { mergeMethod });
    await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0' }) });
    await shop.settle();
    return shop;
  }

  /** Bob has fixed something on prod, and Sluice has seen it. */
  async function fixedOnProd(fields: DeploymentFields = { tag: '2.0', level: 'trace' }, mergeMethod: 'squash' | 'rebase' | 'merge' = 'squash'): Promise<Shop> {
    const shop = await promoted({}, mergeMethod);
    await hotfix(shop, fields);
    await shop.settle();
    return shop;
  }

  return { backflow, promoted, fixedOnProd };
}
