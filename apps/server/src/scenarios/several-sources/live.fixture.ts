import { diamond } from '../diamond.fixture.js';
import type { DiamondFields } from '../diamond.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const TWO = { tag: '2.0' };
export const THREE = { tag: '3.0' };

/** For the longest ways through four environments, on a busy machine. */
export const LONG = 90_000;

export const LATE = '      merge: manual';
export const APPROVED = '      approvals: { required: 1, from: [group:release-managers] }';

export async function originIn(shop: Shop, environment: string) {
  return /origin: "(.*)"/.exec((await shop.file(environment, `.sluice/${environment}/checkout.yaml`)) ?? '')?.[1];
}

export async function takenFrom(shop: Shop, environment: string) {
  return /source: (.*)/.exec((await shop.file(environment, `.sluice/${environment}/checkout.yaml`)) ?? '')?.[1];
}

export async function merge(shop: Shop, environment: string) {
  const { change, candidate } = (await shop.current('checkout', environment))!;
  expect(await shop.mergeOnForge(change!.number, candidate.head)).toBe('merged');
  await shop.settle();
}

export const ANY = { from: '{ any: [qa, perf] }' };

/** qa and perf side by side have been live with what there is at first, and prod is behind both. */
export function liveSteps(world: () => World) {
  /** A shop whose qa and perf have been live with what there is at first. */
  async function liveShop(fields: DiamondFields = {}, options: Parameters<World['repository']>[1] = {}): Promise<Shop> {
    const shop = await world().repository(diamond(fields), options);
    await shop.sync('qa');
    await shop.sync('perf');
    return shop;
  }

  return { liveShop };
}
