import type { Verdict } from '@sluice/promotion';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { TextFiles } from '../work-tree.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export function gates(...lines: readonly string[]): string {
  return `      gates:\n${lines.map((line) => `        - ${line}\n`).join('')}`;
}

export const release = deployment('checkout', { tag: '2.0' });

export async function verdictOf(shop: Shop): Promise<Verdict | undefined> {
  return (await shop.current('checkout', 'qa'))?.verdicts[0];
}

export async function expectArrived(shop: Shop): Promise<void> {
  return expect(await shop.file('qa', CHECKOUT)).toContain(':2.0');
}

export async function expectWaiting(shop: Shop): Promise<void> {
  return expect(await shop.file('qa', CHECKOUT)).toContain(':1.0');
}

/** A change of checkout on its way to qa, where a gate looks at it. */
export function gateSteps(world: () => World) {
  /** A shop whose qa has these gates, and a change of checkout on its way there. */
  async function released(gate: string, files: TextFiles = { [CHECKOUT]: release }): Promise<Shop> {
    const shop = await world().repository(branches({ qa: gates(gate) }));
    await shop.commit('dev', files);
    await shop.settle();
    return shop;
  }

  return { released };
}
