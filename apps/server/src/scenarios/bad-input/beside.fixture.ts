import { CART, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

export const MIB = 1_048_576;

// 9 lists of 9 aliases each: 387 million nodes if it were written out
export const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefgh'[index] ?? 'a'}`).join(', ')}]`)].join('\n');

export const BESIDE = { [CART]: deployment('cart', { tag: '3.0' }) };

export async function cartArrived(shop: Shop) {
  return expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '3.0', replicas: 2 }));
}
