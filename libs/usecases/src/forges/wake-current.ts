import { CURRENT_STATES } from '@sluice/promotion';
import type { Promotions, Wakes } from '../ports/index.js';
import { allPages } from '../queries/all-pages.js';

/** Open requests that are looked at again when an account becomes somebody's; the sweep finds the rest. */
const MAX_WOKEN = 5_000;

/** Whose a login is says who has reviewed and pushed what: what is open is looked at again. */
export async function wakeCurrent({ promotions, wakes }: { readonly promotions: Promotions; readonly wakes: Wakes }): Promise<void> {
  const open = await allPages(promotions, { states: CURRENT_STATES }, MAX_WOKEN);
  await wakes.wake(...open.map(({ repository, application, target }) => ({ kind: 'lane', repository, application, target }) as const));
}
