import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { ANY, LATE, THREE, TWO, liveSteps } from './live.fixture.js';

describeWorlds('several sources of which any will do', (world) => {
  const { liveShop } = liveSteps(world);

  it('never give anything older than what the target has', async () => {
    const shop = await liveShop({ ...ANY, qa: LATE });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    const old = (await shop.current('checkout', 'qa'))!;
    await shop.sync('perf');
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
    expect(old.candidate.source).not.toBe(await shop.head('dev'));
    await shop.sync('qa');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
    expect(await shop.current('checkout', 'prod')).toBeUndefined();
  });
});
