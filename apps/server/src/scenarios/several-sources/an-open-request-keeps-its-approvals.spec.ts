import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { APPROVED, THREE, TWO, liveSteps } from './live.fixture.js';

describeWorlds('several sources of which all must have had the content live', (world) => {
  const { liveShop } = liveSteps(world);

  it('keep an open request when the one it was composed from moves on: approvals stay', async () => {
    const shop = await liveShop({ prod: `${APPROVED}\n      onNewSource: wait` });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await shop.sync('perf');
    const before = await shop.current('checkout', 'prod');
    expect(before).toMatchObject({ from: 'qa', verdicts: [{ gate: 'sources', outcome: 'pass' }, { gate: 'approvals', outcome: 'wait' }] });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
    await shop.sync('qa');
    expect((await shop.current('checkout', 'prod'))?.candidate.digest).toBe(before?.candidate.digest);
    await shop.approve('checkout', 'prod', 'grace');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
  });
});
