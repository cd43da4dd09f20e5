import type { MergeMethod } from '@sluice/usecases';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { PipelineFields } from '../shop.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const SETTINGS = 'apps/checkout/settings.yaml';
export const NOTES = 'apps/checkout/notes.txt';

export function settings(colour: string, size = 'small') {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: checkout\ndata:\n  colour: ${colour}\n  size: ${size}\n`;
}

export function qa(tag: string, level?: string): string {
  return deployment('checkout', { tag, replicas: 2, ...(level !== undefined && { level }) });
}

export async function held(shop: Shop) {
  return expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
}

/** What people do to the branch of qa with plain git after two promotions have reached it. */
export function undoneByPeople(world: () => World, mergeMethod: MergeMethod, polling: 'polled step by step' | 'polled all at once') {
  /** Rows of the table are looked at in every way, what is around them in one. */
  const inOneWay = (title: string, test: () => Promise<void>): void => {
    if (mergeMethod === 'squash' && polling === 'polled step by step') it(title, test);
  };

  const look = async (shop: Shop): Promise<void> => (polling === 'polled step by step' ? shop.settle() : undefined);

  /** Two promotions have reached qa: a tag, then a ConfigMap. Nothing goes on to prod by itself. */
  async function twicePromoted(fields: PipelineFields = {}): Promise<Shop> {
    const shop = await world().repository(branches({ prod: '      merge: manual', ...fields }), { mergeMethod });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.commit('dev', { [SETTINGS]: settings('red') });
    await shop.settle();
    return shop;
  }

  const revertNewest = async (shop: Shop): Promise<void> => {
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', ...(mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
    await shop.push('qa');
  };

  return { inOneWay, look, twicePromoted, revertNewest };
}
