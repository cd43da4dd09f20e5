import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { checkoutIn, diamond, diamondPipeline } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { TWO, configure } from './configure.fixture.js';

describeInEveryWay('an environment that is added', (world, way) => {
  way.once('between two others is recorded with what it has, and the one behind it needs no adoption', async () => {
    const start = diamond({ from: '[dev]' });
    const shop = await world().repository(start, way);
    await configure(shop, diamondPipeline({ from: '[qa]' }));
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    expect((await shop.promotions('checkout', 'prod')).map(({ candidate, from }) => [candidate.kind, from])).toEqual([['change', 'qa'], ['record-only', 'dev']]);
  });

  it('with content of its own waits for a person with the whole difference, nothing is overwritten', async () => {
    const shop = await world().repository({ ...diamond({ from: '[qa]' }), perf: { [CHECKOUT]: checkoutIn('perf', { level: 'trace' }) } }, way);
    expect(await shop.current('checkout', 'perf')).toMatchObject({ candidate: { kind: 'adopt' }, verdicts: [{ gate: 'adoption', outcome: 'wait' }] });
    expect(await shop.file('perf', CHECKOUT)).toBe(checkoutIn('perf', { level: 'trace' }));
  });
});
