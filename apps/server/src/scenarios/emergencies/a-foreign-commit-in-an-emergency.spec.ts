import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { EMERGENCY, GATES, emergencySteps, outcomes } from './released.fixture.js';

describeWorlds('an emergency', (world) => {
  const { released, override } = emergencySteps(world);

  beforeEach(() => world().setClock('2026-01-07T12:00:00Z'));

  it('never takes a commit on the request that Sluice did not make', async () => {
    const shop = await released(`${GATES}\n${EMERGENCY}`);
    await shop.commit('sluice/promote/prod/checkout', { [CHECKOUT]: deployment('checkout', { tag: '9.9' }) });
    await shop.settle();
    await override(shop, 'unit');
    await override(shop, 'board');
    await expect(override(shop, 'branch')).rejects.toThrow('branch is never overridden');
    expect(await outcomes(shop)).toContain('branch: fail');
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:1.0');
  });
});
