import type { RepositoryId } from '@sluice/kernel';
import { CURRENT_STATES } from '@sluice/promotion';
import { allPages } from '../queries/all-pages.js';
import type { LifecyclePorts } from './ports.js';

/** Open requests that are looked at again at once; the sweep finds the rest. */
const MOST = 5_000;

/** Has every open promotion looked at again, of one repository or of all: who may approve, or whose a change is, is different now. */
export async function wakeOpen({ promotions, wakes }: Pick<LifecyclePorts, 'promotions' | 'wakes'>, where: { readonly repository?: RepositoryId } = {}): Promise<void> {
  const open = await allPages(promotions, { ...where, states: CURRENT_STATES }, MOST);
  await wakes.wake(...open.map(({ repository, application, target }) => ({ kind: 'lane', repository, application, target }) as const));
}
