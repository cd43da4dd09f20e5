import { applicationName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import type { PlanItem } from '@sluice/usecases';
import { branches } from '../shop.fixture.js';
import type { PipelineFields } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const MANUAL = '      merge: manual';
export const APPROVED = '      approvals: { required: 1, from: ["group:release-managers"] }';

/** A release of checkout, and what a plan says of it. */
export function laneSteps(world: () => World) {
  async function plan(shop: Shop, revision?: string): Promise<Readonly<Record<string, PlanItem>>> {
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, application: applicationName('checkout'), ...(revision !== undefined && { revision }) });
    return Object.fromEntries(items.map((item) => [item.environment, item]));
  }

  const begun = async (fields: PipelineFields = {}): Promise<Shop> => {
    const shop = await world().repository(branches(fields));
    await shop.settle();
    return shop;
  };

  return { plan, begun };
}
