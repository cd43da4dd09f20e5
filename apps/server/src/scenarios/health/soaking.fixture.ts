import { release } from '../release.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const SOAK = '      gates: [{ name: qa-healthy, type: health, soak: 1h }]';
const MINUTE = 60_000;

export async function tagOnProd(shop: Shop): Promise<string | undefined> {
  return /:([\d.]+)\n/.exec((await shop.file('prod', CHECKOUT)) ?? '')?.[1];
}

export async function verdict(shop: Shop, application = 'checkout') {
  return (await shop.current(application, 'prod'))?.verdicts.find(({ gate }) => gate === 'qa-healthy');
}

/** A release that has to be healthy in qa for an hour before it goes to prod. */
export function soakSteps(world: () => World) {
  const released = async (tag: string): Promise<Shop> => {
    const shop = await world().repository(branches({ prod: SOAK }));
    await shop.sync('qa');
    await release(shop, tag);
    return shop;
  };

  const later = async (shop: Shop, minutes: number): Promise<void> => {
    await world().setClock(new Date(world().ports.clock() + minutes * MINUTE).toISOString());
    await shop.workOff();
  };

  return { released, later };
}
