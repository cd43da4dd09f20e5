import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { APPROVED, rebuildSteps } from './remembered.fixture.js';

describeBothWorlds('after the database was lost,', (world) => {
  const { expectSame } = rebuildSteps(world);

  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    it('a merged promotion and an open one are what they were, and nothing is begun twice', async () => {
      const shop = await world().repository(branches({ prod: APPROVED }), { mergeMethod });
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
      await shop.settle();
      expect(await shop.current('checkout', 'prod')).toBeDefined();
      await expectSame(shop, [['checkout', 'qa'], ['checkout', 'prod'], ['cart', 'qa'], ['cart', 'prod']]);
    });
  });

  it('says what it could not restore, leaves what is known, and may be run again', async () => {
    const shop = await world().repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    const again = await shop.rebuild();
    expect(again).toMatchObject({ restored: { open: 0, merged: 0, closed: 0 }, known: 8 });
    expect(again.notes).toContainEqual(expect.stringContaining('soak starts again'));
    await world().loseDatabase();
    expect(await shop.rebuild()).toMatchObject({ restored: { open: 0, merged: 8, closed: 0 }, known: 0 });
    expect(await shop.rebuild()).toMatchObject({ restored: { open: 0, merged: 0, closed: 0 }, known: 8 });
    await shop.settle();
    expect(await shop.requests()).toHaveLength(8);
  });
});
