import { personName } from '@sluice/kernel';
import { DecidePromotion } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn, diamond } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { TWO } from './live.fixture.js';

describeWorlds('two targets of one source', (world) => {
  it('go each at their own pace, behind gates of their own, and what comes behind both waits for the later one', async () => {
    const shop = await world().repository(diamond({ qa: '      gates: [{ name: dev-healthy, type: health, soak: 0s }]', perf: '      gates: [{ name: go, type: manual }]' }));
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    const everywhere = async () => [await shop.file('qa', CHECKOUT), await shop.file('perf', CHECKOUT), await shop.file('prod', CHECKOUT)];
    expect(await everywhere()).toEqual([checkoutIn('qa'), checkoutIn('perf'), checkoutIn('prod')]);
    await shop.sync('dev');
    await shop.sync('qa');
    expect(await everywhere()).toEqual([checkoutIn('qa', TWO), checkoutIn('perf'), checkoutIn('prod')]);
    const late = (await shop.current('checkout', 'perf'))!;
    expect(late).toMatchObject({ from: 'dev', verdicts: [{ gate: 'go', outcome: 'wait' }] });
    await new DecidePromotion(world().ports).clear({ repository: shop.id, promotion: late.id, digest: late.candidate.digest, person: personName('ada'), gate: 'go', reason: 'measured', door: 'api' });
    await shop.sync('perf');
    expect(await everywhere()).toEqual([checkoutIn('qa', TWO), checkoutIn('perf', TWO), checkoutIn('prod', TWO)]);
  });
});
