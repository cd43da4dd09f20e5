import { personName } from '@sluice/kernel';
import { describeCombinations } from '@sluice/testing';
import type { Services } from '@sluice/testing';
import { CHECKOUT, branches, deployment } from './shop.fixture.js';
import { openWorld } from './world.fixture.js';
import type { World } from './world.fixture.js';

const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true }';

describeCombinations('a change by an address that nobody knows', (combination) => {
  let services: Services;
  let world: World;
  beforeAll(async () => {
    services = await combination.start();
    world = await openWorld(services);
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await services.stop();
  });

  async function changed(by: string) {
    const shop = await world.repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) }, { as: by });
    await shop.settle();
    return shop;
  }
  const belongsTo = (name: string, groups: readonly string[], address: string): Promise<void> =>
    world.store.people.save({ name: personName(name), displayName: name, emails: [`${name}@example.org`, `${address}@example.org`], groups, admin: false });

  it('waits for an admin, and goes on as soon as the address is somebody’s', async () => {
    const shop = await changed('stranger');
    await shop.approve('checkout', 'qa', 'grace');
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toContain(':1.0');
    await belongsTo('ada', ['developers'], 'stranger');
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toContain(':2.0');
  });

  it('is not approved by whoever turns out to have made it', async () => {
    const shop = await changed('late');
    await shop.approve('checkout', 'qa', 'grace');
    await belongsTo('grace', ['release-managers'], 'late');
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toContain(':1.0');
  });
});
