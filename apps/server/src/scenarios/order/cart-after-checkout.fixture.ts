import { CART, branches } from '../shop.fixture.js';
import type { PipelineFields } from '../shop.fixture.js';
import type { TextFiles } from '../work-tree.fixture.js';
import type { Shop } from '../world.fixture.js';

export const TWO = { tag: '2.0' };
export const MANUAL = '      merge: manual';

export async function cartIsIn(shop: Shop, environment: string) {
  return (await shop.file(environment, CART))?.includes('cart:2.0') ?? false;
}

export async function waits(shop: Shop) {
  return (await shop.current('cart', 'qa'))?.verdicts.find(({ gate }) => gate === 'after');
}

export function ordered(fields: PipelineFields = {}): Readonly<Record<string, TextFiles>> {
  const { main, ...rest } = branches(fields);
  return { main: { 'sluice.yaml': (main?.['sluice.yaml'] ?? '').replace('paths: ["apps/cart/**"] }', 'paths: ["apps/cart/**"], after: [checkout] }') }, ...rest };
}
