import { branches, CHECKOUT, deployment } from '../shop.fixture.js';
import type { RemoteStory } from './describe-forges.fixture.js';
import type { RemoteShop } from './remote-shop.fixture.js';

export const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true }';

export function inProd(tag: string): string {
  return deployment('checkout', { tag, replicas: 4, registry: 'registry.prod.example.org' });
}

export function inQa(tag: string): string {
  return deployment('checkout', { tag, replicas: 2 });
}

/** checkout 2.0 went to qa by itself; its promotion to prod waits for a release manager. */
export async function waiting({ shop }: RemoteStory, prod = APPROVED): Promise<RemoteShop> {
  const there = await shop(branches({ prod }));
  await ship(there, '2.0');
  return there;
}

export async function ship(there: RemoteShop, tag: string): Promise<void> {
  await there.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }) }, { message: `Ship ${tag}`, as: 'bob' });
  await there.told();
}

/** The request on the forge of checkout's promotion to prod. */
export async function requestOf(there: RemoteShop, target = 'prod') {
  const change = (await there.current('checkout', target))?.change;
  const request = there.there.requests.get(change?.number ?? 0);
  if (!request) throw new Error(`there is no request of checkout into ${target}: ${JSON.stringify(await there.lane('checkout', target))}`);
  return request;
}
