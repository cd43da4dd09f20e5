import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { LATE, LONG, THREE, TWO, liveSteps, merge } from './live.fixture.js';

describeWorlds('several sources of which all must have had the content live', (world) => {
  const { liveShop } = liveSteps(world);

  it('hold what was undone in the target, whichever it came from, until the source changes it', async () => {
    const shop = await liveShop({ perf: LATE });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await merge(shop, 'perf');
    await shop.sync('perf');
    await shop.checkout('prod');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('prod');
    await shop.settle();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held', message: expect.stringContaining('was undone on prod') });
    await shop.commit('dev', { 'apps/checkout/notes.txt': 'unrelated\n' });
    await shop.sync('qa');
    await merge(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
    await shop.sync('qa');
    await merge(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
    expect(await shop.file('prod', 'apps/checkout/notes.txt')).toBe('unrelated\n');
  }, LONG);
});
