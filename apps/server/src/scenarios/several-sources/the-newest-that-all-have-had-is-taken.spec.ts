import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { LATE, LONG, THREE, TWO, liveSteps, merge, originIn } from './live.fixture.js';

describeWorlds('several sources of which all must have had the content live', (world) => {
  const { liveShop } = liveSteps(world);

  it.each(['squash', 'rebase', 'merge'] as const)('take the newest that both have had, though the first has moved on, and what passed there still counts, merged by %s', async (mergeMethod) => {
    const shop = await liveShop({ perf: LATE }, { mergeMethod });
    const second = await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await merge(shop, 'perf');
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
    await shop.sync('qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(checkoutIn('qa', THREE));
    expect((await shop.current('checkout', 'prod'))?.candidate.origin).toBe(second);
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    await merge(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
  }, LONG);

  it('do not offer what one of them has skipped', async () => {
    const shop = await liveShop({ perf: LATE });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    const third = await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
    await shop.sync('qa');
    expect(await shop.promotions('checkout', 'prod')).toHaveLength(1);
    await merge(shop, 'perf');
    await shop.sync('perf');
    expect(await originIn(shop, 'prod')).toBe(third);
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
  });

  it('do not offer what was replaced in one of them before it had been live there', async () => {
    const shop = await liveShop({ perf: LATE });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) }, { message: 'replaces it before any agent had it' });
    await shop.sync('qa', 'Failed');
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', { tag: '4.0' }) });
    await shop.sync('qa');
    await merge(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', { tag: '4.0' }));
    expect(await shop.promotions('checkout', 'prod')).toHaveLength(2);
  }, LONG);

  it('do not offer what one of them has gone back from', async () => {
    const shop = await liveShop({ perf: LATE });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('qa');
    await shop.sync('qa');
    await merge(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.current('checkout', 'prod')).toBeUndefined();
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod'));
  });
});
