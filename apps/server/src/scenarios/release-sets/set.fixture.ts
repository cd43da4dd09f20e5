import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { PipelineFields } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const MANUAL = '      merge: manual';
export const SET = '  releaseSets:\n    - { name: shop-release, applications: [cart, checkout], environments: [prod] }\n';

export function withSet(fields: PipelineFields = {}, set = SET): ReturnType<typeof branches> {
  const files = branches(fields);
  return { ...files, main: { 'sluice.yaml': `${files['main']?.['sluice.yaml'] ?? ''}${set}` } };
}

export function prodImage(name: string, tag: string): string {
  return deployment(name, { tag, replicas: 4, registry: 'registry.prod.example.org' });
}

export const both = { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) };

export async function requestsTo(shop: Shop, branch: string) {
  return (await shop.requests()).filter(({ targetBranch }) => targetBranch === branch);
}

/** checkout and cart, which prod gets together. */
export function setSteps(world: () => World) {
  const repository = (fields: PipelineFields = {}, set?: string): Promise<Shop> => world().repository(withSet(fields, set));

  return { repository };
}
