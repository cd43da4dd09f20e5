import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { APPROVED, BRANCH, conflictSteps, dev, draft, fieldsInConflict, qa } from './draft.fixture.js';

describeWorlds('conflicts whose source moves on', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const { conflicted, inOneWay } = conflictSteps(world, mergeMethod);

    it('keep what was resolved when the source moves on, where it still applies; old approvals do not count', async () => {
      const shop = await conflicted(APPROVED);
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '2.0-fix', level: 'warn' }) }, { as: 'bob' });
      await shop.settle();
      const before = await shop.current('checkout', 'qa');
      await shop.commit('dev', { 'apps/checkout/notes.txt': 'newer\n' });
      await shop.settle();
      const after = await shop.current('checkout', 'qa');
      expect(after).toMatchObject({ change: { number: before?.change?.number }, verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
      expect(after?.candidate.digest).not.toBe(before?.candidate.digest);
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '2.0-fix', level: 'warn' }));
      expect(await shop.file(BRANCH, 'apps/checkout/notes.txt')).toBe('newer\n');
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0', level: 'debug' }) });
      await shop.settle();
      expect(await shop.current('checkout', 'qa')).toBeUndefined();
      expect(await fieldsInConflict(shop)).toEqual(['spec.template.spec.containers[checkout].image']);
      expect(await draft(shop)).toMatchObject({ number: before?.change?.number, draft: true });
      expect(await shop.file(BRANCH, CHECKOUT)).toBe(qa({ tag: '1.0-fix', level: 'warn' }));
      await shop.commit(BRANCH, { [CHECKOUT]: qa({ tag: '3.0-fix', level: 'warn' }) }, { as: 'bob' });
      await shop.settle();
      await shop.approve('checkout', 'qa', 'grace');
      expect(await shop.file('qa', CHECKOUT)).toBe(qa({ tag: '3.0-fix', level: 'warn' }));
    });

    inOneWay('go away when the source settles them: the request goes on as the promotion', async () => {
      const shop = await conflicted();
      const number = (await draft(shop))?.number;
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '1.0-fix', level: 'trace' }) });
      await shop.settle();
      expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'rolling-out', change: { number } });
      expect(await shop.file('qa', 'apps/checkout/notes.txt')).toBe('new\n');
    });
  });
});
