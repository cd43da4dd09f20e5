import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const WEEKEND = '      windows: [{ deny: "Fri 15:00-Mon 08:00", timezone: Europe/Berlin }]';
export const RELEASED = deployment('checkout', { tag: '2.0', replicas: 4, registry: 'registry.prod.example.org' });

/** A release that has reached qa at a certain time, in front of the windows of prod. */
export function windowSteps(world: () => World) {
  const released = async (prod: string, time: string): Promise<Shop> => {
    await world().setClock(time);
    const shop = await world().repository(branches({ prod }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    return shop;
  };

  return { released };
}
