import { describeInEveryWay, describeWorlds } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { promotionSteps } from '../promotions/steps.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { dev, hotfixSteps, merge, prod, qa, returning } from './returned.fixture.js';

describeInEveryWay('a hotfix on prod that came back to dev, and is removed there later,', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('is removed from prod, once', async () => {
    const shop = await repository(branches());
    const fixed = (replicas: number, registry?: string) => deployment('checkout', { level: 'trace', replicas, ...(registry === undefined ? {} : { registry }) });
    await shop.commit('prod', { [CHECKOUT]: fixed(4, 'registry.prod.example.org') }, { message: 'hotfix' });
    await shop.commit('dev', { [CHECKOUT]: fixed(1) }, { message: 'hotfix returned' });
    await shop.settle();
    expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ candidate: { kind: 'record-only' } });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout') }, { message: 'hotfix no longer needed' });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { replicas: 4, registry: 'registry.prod.example.org' }));
    await inSync(shop, 'checkout', 'prod');
  });
});

describeWorlds('a hotfix on prod that is returned to dev by Sluice,', (world) => {
  const { fixedOnProd, backflow } = hotfixSteps(world);

  describe.each(['squash', 'rebase', 'merge'] as const)('where requests are merged by %s', (method) => {
    it('comes back and is settled; when dev removes it later prod gets the removal, and there is no second backflow', async () => {
      const shop = await fixedOnProd({ tag: '2.0', level: 'trace' }, method);
      expect(await returning(shop)).toMatchObject([{ state: 'open', targetBranch: 'dev', draft: false }]);
      expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '2.0' }));
      await merge(shop, method);
      expect(await shop.file('dev', CHECKOUT)).toBe(dev({ tag: '2.0', level: 'trace' }));
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '2.0', level: 'trace' }));
      expect(await shop.file('prod', CHECKOUT)).toBe(prod({ tag: '2.0', level: 'trace' }));
      expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ candidate: { kind: 'record-only' } });
      expect(await backflow(shop)).toEqual([]);
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0' }) });
      await shop.settle();
      expect(await shop.file('prod', CHECKOUT)).toBe(prod({ tag: '2.0' }));
      expect(await backflow(shop)).toEqual([]);
      expect(await returning(shop)).toMatchObject([{ state: 'merged' }]);
    });
  });
});
