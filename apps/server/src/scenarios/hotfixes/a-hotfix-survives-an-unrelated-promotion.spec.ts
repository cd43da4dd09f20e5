import { describeInEveryWay, describeWorlds } from '../describe-worlds.fixture.js';
import { promotionSteps } from '../promotions/steps.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { SETTINGS, dev, hotfixSteps, merge, prod, returning, settings } from './returned.fixture.js';

describeInEveryWay('a hotfix on prod', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('survives an unrelated promotion of the same application', async () => {
    const shop = await repository(branches());
    await shop.commit('prod', { [CHECKOUT]: deployment('checkout', { level: 'trace', replicas: 4, registry: 'registry.prod.example.org' }) });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', level: 'trace', replicas: 4, registry: 'registry.prod.example.org' }));
  });
});

describeWorlds('a hotfix on prod and an unrelated promotion of its application,', (world) => {
  const { fixedOnProd, backflow } = hotfixSteps(world);

  describe.each(['squash', 'rebase', 'merge'] as const)('where requests are merged by %s', (method) => {
    it('leave the hotfix there, and still shown', async () => {
      const shop = await fixedOnProd({ tag: '2.0', level: 'trace' }, method);
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0' }), [SETTINGS]: settings('red') });
      await shop.settle();
      expect(await shop.file('prod', CHECKOUT)).toBe(prod({ tag: '3.0', level: 'trace' }));
      expect(await backflow(shop)).toMatchObject([{ environment: 'prod', application: 'checkout', changes: [{ author: 'bob', subject: 'calm it down' }] }]);
      expect(await returning(shop)).toMatchObject([{ state: 'open' }]);
      await merge(shop, method);
      expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '3.0', level: 'trace' }));
      expect(await backflow(shop)).toEqual([]);
    });
  });
});
