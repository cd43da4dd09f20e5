import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { APPROVED, MANUAL, laneSteps } from './lane.fixture.js';

describeWorlds('a plan of an application that is held', (world) => {
  const { begun, plan } = laneSteps(world);

  const revertOnQa = async (shop: Shop): Promise<void> => {
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('qa');
    await shop.settle();
  };

  it('says that it is held, by whom, and that nothing gets past it', async () => {
    const shop = await begun({ prod: MANUAL });
    await release(shop, '2.0');
    await revertOnQa(shop);
    const { qa, prod } = await plan(shop, 'dev');
    expect([qa?.outcome, qa?.message, qa?.now]).toEqual(['held', expect.stringMatching(/was undone on qa by bob in [0-9a-f]{10}.*held until/), expect.arrayContaining([{ condition: 'held', message: qa?.message }])]);
    expect([prod?.outcome, prod?.message]).toEqual(['blocked', expect.stringMatching(/^it would not come to qa: .*undone on qa by bob/)]);
    expect((await plan(shop))['qa']?.outcome).toBe('held');
  });

  it('is what comes where the content ends the hold', async () => {
    const shop = await begun({ qa: APPROVED, prod: MANUAL });
    await release(shop, '2.0');
    await shop.approve('checkout', 'qa', 'grace');
    await revertOnQa(shop);
    // nobody has looked at it yet
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    const { qa } = await plan(shop, 'dev');
    expect([qa?.outcome, qa?.now.map(({ condition }) => condition)]).toEqual(['change', expect.arrayContaining(['held'])]);
    await shop.settle();
    expect((await shop.current('checkout', 'qa'))?.candidate.digest).toBe(qa?.digest);
  });
});
