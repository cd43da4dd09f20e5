import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn, diamond, diamondPipeline } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { THREE, TWO, takenFrom } from './live.fixture.js';

describeWorlds('several sources', (world) => {
  it('that were one before: what was promoted from it stays the base', async () => {
    const shop = await world().repository(diamond({ from: '[qa]' }));
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    expect(await takenFrom(shop, 'prod')).toBe('qa');
    await shop.commit('main', { 'sluice.yaml': diamondPipeline() });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
    await shop.sync('qa');
    await shop.sync('perf');
    expect((await shop.promotions('checkout', 'prod')).map(({ candidate }) => candidate.kind)).toEqual(['change', 'change', 'record-only']);
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
  });
});
