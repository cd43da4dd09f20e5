import { branches, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

const SET = '  releaseSets:\n    - { name: shop-release, applications: [cart, checkout], environments: [qa] }\n';

export function inQa(name: string, tag: string): string {
  return deployment(name, { tag, replicas: 2 });
}

/** checkout and cart, which qa gets together. */
export function setInWavesSteps(world: () => World) {
  const sources = (qa: string, more = ''): Promise<Shop> => world().repository({ ...branches({ qa, prod: '      merge: manual' }), main: { 'sluice.yaml': `${branches({ qa, prod: '      merge: manual' })['main']?.['sluice.yaml'] ?? ''}${SET}${more}` } });

  return { sources };
}
