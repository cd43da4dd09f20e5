import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { APPROVED, BRANCH, LEVEL, conflictSteps, dev, draft, fieldsInConflict, qa } from './draft.fixture.js';

describeWorlds('conflicts of dev with qa', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const { conflicted, inOneWay } = conflictSteps(world, mergeMethod);

    it('open a draft that has everything else and names each place with its three values; other applications go on', async () => {
      const shop = await conflicted();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted' });
      expect(await fieldsInConflict(shop)).toEqual(['spec.template.spec.containers[checkout].image', LEVEL]);
      const request = await draft(shop);
      expect(request).toMatchObject({ draft: true, targetBranch: 'qa', title: expect.stringContaining('Resolve conflicts: checkout to qa') });
      expect(request?.body).toMatch(/Deployment\.apps checkout in apps\/checkout\/deployment\.yaml \| .*LOG.*value \| "info" \| "debug" \| "trace"/);
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '1.0-fix', level: 'trace' }));
      expect(await shop.file(BRANCH, 'apps/checkout/notes.txt')).toBe('new\n');
      expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '2.0', replicas: 2 }));
      expect((await shop.why('checkout', 'qa')).find(({ condition }) => condition === 'conflicted')).toMatchObject({ draft: { number: request?.number }, verdicts: [{ clearedBy: expect.stringContaining(BRANCH) }] });
      await shop.settle();
      expect((await shop.requests()).filter(({ sourceBranch, state }) => sourceBranch === BRANCH && state === 'open')).toHaveLength(1);
    });

    inOneWay('of a request that is open make it a draft', async () => {
      const shop = await world().repository(branches({ qa: APPROVED }), { mergeMethod });
      await shop.commit('dev', { [CHECKOUT]: dev({ level: 'debug' }) });
      await shop.settle();
      const number = (await shop.current('checkout', 'qa'))?.change?.number;
      await shop.commit('qa', { [CHECKOUT]: qa({ level: 'trace' }) }, { as: 'grace' });
      await shop.settle();
      expect(await draft(shop)).toMatchObject({ number, draft: true });
      expect(await shop.promotions('checkout', 'qa')).toMatchObject([{ state: 'superseded' }, {}]);
    });

    inOneWay('are not offered again when a person closes the draft, until somebody asks', async () => {
      const shop = await conflicted();
      await world().forge.changes.close(shop.id, (await draft(shop))?.number ?? 0, { by: 'grace' });
      await shop.settle();
      await shop.settle();
      expect(await draft(shop)).toBeUndefined();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted', message: expect.stringContaining('grace closed its request') });
      await shop.promote('checkout', 'qa');
      expect(await draft(shop)).toMatchObject({ draft: true });
    });
  });
});
