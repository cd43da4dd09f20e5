import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { APPROVED, BRANCH, LEVEL, conflictSteps, dev, draft, fieldsInConflict, qa } from './draft.fixture.js';

describeWorlds('conflicts that a person resolves', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const { conflicted, inOneWay } = conflictSteps(world, mergeMethod);

    const ready = async (shop: Shop, by: string): Promise<void> => {
      await world().forge.changes.update(shop.id, (await draft(shop))?.number ?? 0, { draft: false, by });
      await shop.settle();
    };

    it('are resolved by a push to the branch: one commit with its ledger is promoted', async () => {
      const shop = await conflicted();
      const number = (await draft(shop))?.number;
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn' }) }, { as: 'bob' });
      await shop.settle();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'warn' }));
      expect(await shop.file('qa', 'apps/checkout/notes.txt')).toBe('new\n');
      expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(await shop.head('dev'));
      const [promotion] = await shop.promotions('checkout', 'qa');
      expect(promotion).toMatchObject({ change: { number }, candidate: { kind: 'change' } });
      await shop.head('qa');
      expect(await shop.git('log', '--format=%an', 'forge/qa')).not.toContain('bob');
    });

    inOneWay('whoever resolves them is an author: he cannot approve', async () => {
      const shop = await conflicted(APPROVED);
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn' }) }, { as: 'bob' });
      await shop.settle();
      const current = await shop.current('checkout', 'qa');
      expect(current).toMatchObject({ state: 'open', candidate: { resolvers: [{ person: 'bob' }] } });
      expect(current?.authors.map(({ person }) => person)).toEqual(['ada', 'bob']);
      await expect(shop.approve('checkout', 'qa', 'bob')).rejects.toThrow(/author/);
      await shop.approve('checkout', 'qa', 'grace');
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'warn' }));
    });

    inOneWay('stay conflicts where nobody has changed anything, until the request is marked ready', async () => {
      const shop = await conflicted(APPROVED);
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'trace' }) }, { as: 'bob' });
      await shop.settle();
      expect(await fieldsInConflict(shop)).toEqual([LEVEL]);
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'trace' }));
      await ready(shop, 'grace');
      expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', candidate: { resolvers: [{ person: 'bob' }, { person: 'grace' }] } });
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'trace' }));
    });

    inOneWay('that are decided for the target need their approvals all the same', async () => {
      const shop = await world().repository(branches({ qa: APPROVED }), { mergeMethod });
      await shop.commit('qa', { [CHECKOUT]: qa({ level: 'trace' }) });
      await shop.commit('dev', { [CHECKOUT]: dev({ level: 'debug' }) });
      await shop.settle();
      await ready(shop, 'bob');
      expect(await shop.current('checkout', 'qa')).toMatchObject({ candidate: { kind: 'change' }, verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
      await shop.approve('checkout', 'qa', 'grace');
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ level: 'trace' }));
    });

    inOneWay('wait while the branch changes more than what conflicts, and say what', async () => {
      const shop = await conflicted();
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn', replicas: 9 }), 'apps/cart/more.yaml': 'a: 1\n' }, { as: 'bob' });
      await shop.settle();
      const lane = await shop.lane('checkout', 'qa');
      expect(lane?.message).toMatch(/changes more than what conflicts: .*apps\/cart\/more.yaml/);
      expect(lane?.message).toMatch(/spec.replicas of Deployment.apps checkout/);
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '1.0-fix', level: 'trace' }));
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn' }), 'apps/cart/more.yaml': null }, { as: 'bob' });
      await shop.settle();
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'warn' }));
    });
  });
});
