import type { WhyItem } from '@sluice/usecases';
import { branches } from '../shop.fixture.js';
import type { Files, TextFiles } from '../work-tree.fixture.js';
import type { Shop } from '../world.fixture.js';

/** The shop's branches with these image updates; `dev`: further lines of the first environment. */
export function updated(updates: readonly string[], options: { readonly dev?: string; readonly qa?: string; readonly files?: TextFiles } = {}): Readonly<Record<string, Files>> {
  const made = branches(options.qa === undefined ? {} : { qa: options.qa });
  const text = `${made['main']?.['sluice.yaml'] ?? ''}  imageUpdates:\n${updates.map((update) => `    - ${update}\n`).join('')}`;
  return { ...made, main: { 'sluice.yaml': text.replace('      branch: dev\n', `      branch: dev\n${options.dev ?? ''}`) }, dev: { ...made['dev'], ...options.files } };
}

export async function why(shop: Shop): Promise<readonly WhyItem[]> {
  return (await shop.why('checkout', 'dev')).filter(({ condition }) => condition === 'image-update');
}
