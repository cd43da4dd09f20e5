import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { dev, hotfix, hotfixSteps, merge, prod } from './returned.fixture.js';

describeWorlds('a hotfix', (world) => {
  const { promoted, backflow, fixedOnProd } = hotfixSteps(world);

  const places = async (shop: Shop) => (await backflow(shop)).map(({ environment, changes }) => [environment, changes.flatMap(({ nodes }) => nodes.map(({ field, path }) => field ?? path))]);

  it('beside what was undone is returned alone', async () => {
    const shop = await promoted();
    await hotfix(shop, { tag: '1.0', level: 'trace' });
    await shop.settle();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
    expect((await backflow(shop))[0]?.changes[0]?.nodes).toMatchObject([{ field: expect.stringContaining('LOG_LEVEL') }]);
    await merge(shop);
    expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '2.0', level: 'trace' }));
  });

  it('that was there stays over a rollback, which brings none', async () => {
    const shop = await fixedOnProd();
    await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0' }) });
    await shop.settle();
    await shop.rollBack('checkout', 'prod');
    expect(await shop.file('prod', CHECKOUT)).toBe(prod({ tag: '2.0', level: 'trace' }));
    expect(await places(shop)).toEqual([['prod', [expect.stringContaining('LOG_LEVEL')]]]);
    await merge(shop);
    expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '3.0', level: 'trace' }));
  });
});
