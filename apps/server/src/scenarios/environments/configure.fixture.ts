import { ReadWhy } from '@sluice/usecases';
import { branches } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const TWO = { tag: '2.0' };
export const GO = '      gates: [{ name: go, type: manual }]';

export async function configure(shop: Shop, text: string) {
  await shop.commit('main', { 'sluice.yaml': text });
  await shop.settle();
}

export function pipelineOf(fields: Parameters<typeof branches>[0] = {}): string {
  return branches(fields)['main']?.['sluice.yaml'] ?? '';
}

export async function openRequests(shop: Shop) {
  return (await shop.requests()).filter(({ state }) => state === 'open');
}

/** What people and Sluice show while the pipeline file changes its environments. */
export function environmentSteps(world: () => World) {
  const whyOf = async (shop: Shop) => (await new ReadWhy(world().ports, world().ports.clock).run({ repository: shop.id })).items;

  return { whyOf };
}
