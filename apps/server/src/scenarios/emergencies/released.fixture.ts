import { personName } from '@sluice/kernel';
import { DecidePromotion } from '@sluice/usecases';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const EMERGENCY = '      emergency: { required: 1, from: [group:sre] }';
export const GATES = '      gates: [{ name: unit, type: check, context: ci/test }, { name: board, type: manual }]';

export async function outcomes(shop: Shop) {
  return (await shop.current('checkout', 'prod'))?.verdicts.map(({ gate, outcome }) => `${gate}: ${outcome}`);
}

/** A release in front of prod, and people who override one of its gates. */
export function emergencySteps(world: () => World) {
  const released = async (prod: string, tag = '2.0', known?: Shop): Promise<Shop> => {
    const shop = known ?? (await world().repository(branches({ prod })));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }) });
    await shop.settle();
    return shop;
  };

  const override = async (shop: Shop, gate: string, person = 'eve', fields: { readonly digest?: string } = {}) => {
    const { id, candidate } = (await shop.current('checkout', 'prod'))!;
    const digest = (fields.digest ?? candidate.digest) as typeof candidate.digest;
    await new DecidePromotion(world().ports).override({ repository: shop.id, promotion: id, digest, person: personName(person), gate, reason: 'site is down', door: 'cli' });
    await shop.settle();
  };

  return { released, override };
}
