import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { HOLD, hotfix, pushSteps } from './pushed.fixture.js';

describeWorlds('direct pushes to an environment that holds them,', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const { started, runs, qaState, inOneWay, pushed } = pushSteps(world, mergeMethod);

    it('what comes by promotion needs nobody’s word', async () => {
      const shop = await started();
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
      await shop.settle();
      expect(await runs(shop)).toBe(await shop.head('qa'));
      expect(await qaState(shop)).toMatchObject({ unreviewed: [] });
    });

    it('reaches no agent until somebody else accepts it, and neither does what is merged after it', async () => {
      const shop = await started();
      const before = await runs(shop);
      await shop.commit('qa', { [CHECKOUT]: hotfix('trace') }, { as: 'bob', message: 'hotfix by hand' });
      await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
      await shop.settle();
      expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '2.0', replicas: 2 }));
      expect(await runs(shop)).toBe(before);
      expect((await qaState(shop))?.message).toMatch(/unreviewed, because it did not come by promotion: [0-9a-f]{10} by bob \(hotfix by hand\); `sluice accept qa`/);
      await shop.accept('qa', 'ada');
      expect(await runs(shop)).toBe(await shop.head('qa'));
      expect((await qaState(shop))?.message).toBeUndefined();
    });

    inOneWay('why says who pushed what, and who can accept it', async () => {
      const shop = await pushed();
      const item = (await shop.why('checkout', 'qa')).find(({ condition }) => condition === 'not-assigned');
      expect(item?.verdicts).toMatchObject([{ gate: 'unreviewed', outcome: 'wait', clearedBy: expect.stringContaining('sluice accept qa'), evidence: { [await shop.head('qa')]: 'bob: hotfix by hand' } }]);
    });

    inOneWay('is not promoted on before it is accepted', async () => {
      const shop = await pushed();
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('sluice accept qa') });
      expect(await shop.file('prod', CHECKOUT)).not.toContain('trace');
      await shop.accept('qa', 'ada');
      expect(await shop.file('prod', CHECKOUT)).toContain('trace');
    });

    inOneWay('still waits after everything was read again, and what was accepted stays accepted', async () => {
      const shop = await pushed();
      const before = await runs(shop);
      const { 'sluice.yaml': config = '' } = branches({ qa: HOLD })['main'] ?? {};
      await shop.commit('main', { 'sluice.yaml': (config ?? '').replace('{ path: "**/env/**" }', '{ path: "**/environment/**" }') });
      await shop.settle();
      expect(await runs(shop)).toBe(before);
      await shop.accept('qa', 'ada');
      await shop.commit('main', { 'sluice.yaml': config });
      await shop.settle();
      expect(await runs(shop)).toBe(await shop.head('qa'));
    });

    inOneWay('is no matter when it is not there any more: a push to an environment that deploys is assigned at once', async () => {
      const shop = await pushed();
      await shop.commit('main', branches()['main'] ?? {});
      await shop.settle();
      expect(await runs(shop)).toBe(await shop.head('qa'));
    });
  });
});
