import type { Shop, World } from '../world.fixture.js';

export const APPROVED = '      approvals: { required: 2, from: ["*"], excludeAuthors: true, excludeRequester: true }';

async function remembered(shop: Shop, application: string, target: string) {
  return (await shop.promotions(application, target)).filter(({ state }) => state !== 'superseded').map(({ id, state, attempt, candidate, change, mergedAs, from, authors }) => ({ id, state, attempt, digest: candidate.digest, kind: candidate.kind, change, mergedAs, from, authors }));
}

async function outside(shop: Shop) {
  return { requests: (await shop.requests()).map(({ updatedAt: _, ...request }) => request), qa: await shop.head('qa'), prod: await shop.head('prod') };
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}

/** What is known of promotions and seen on the forge, before and after the database was lost. */
export function rebuildSteps(world: () => World) {
  async function expectSame(shop: Shop, lanes: readonly (readonly [string, string])[]): Promise<void> {
    const before = { promotions: await Promise.all(lanes.map(([application, target]) => remembered(shop, application, target))), outside: await outside(shop) };
    await world().loseDatabase();
    await shop.rebuild();
    await shop.settle();
    expect(await outside(shop)).toEqual(before.outside);
    const after = await Promise.all(lanes.map(([application, target]) => remembered(shop, application, target)));
    expect(after.flat().toSorted(byId)).toEqual(before.promotions.flat().toSorted(byId));
  }

  return { expectSame };
}
