import type { Shop } from './world.fixture.js';

/** Looked at again and again, nothing changes: no lane's word, no request, no branch of these environments. */
export async function expectStable(shop: Shop, applications: readonly string[], environments: readonly string[] = ['qa', 'prod']): Promise<void> {
  const before = await stateOf(shop, applications, environments);
  for (let round = 0; round < 2; round += 1) {
    await shop.settle();
    expect(await stateOf(shop, applications, environments)).toEqual(before);
  }
}

async function stateOf(shop: Shop, applications: readonly string[], environments: readonly string[]): Promise<readonly unknown[]> {
  const found: unknown[] = (await shop.requests()).map(({ number, state, head }) => [number, state, head]);
  for (const environment of environments) {
    found.push(await shop.head(environment));
    for (const application of applications) {
      const lane = await shop.lane(application, environment);
      found.push([application, environment, lane?.condition, lane?.message, lane?.attempt]);
    }
  }
  return found;
}
