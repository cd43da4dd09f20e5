import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { ANY, LATE, LONG, THREE, TWO, liveSteps, merge, originIn, takenFrom } from './live.fixture.js';

describeWorlds('several sources of which any will do', (world) => {
  const { liveShop } = liveSteps(world);

  it('give it as soon as the first has had it live, and not again when another one has', async () => {
    const shop = await liveShop({ ...ANY, qa: LATE });
    const origin = await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    expect(await takenFrom(shop, 'prod')).toBe('perf');
    await merge(shop, 'qa');
    await shop.sync('qa');
    expect(await originIn(shop, 'prod')).toBe(origin);
    expect(await shop.promotions('checkout', 'prod')).toHaveLength(2);
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'in-sync' });
  });

  it('give a later change by another one that had skipped what the target has', async () => {
    const owned = '    - { kind: Deployment, fields: [spec.replicas], environments: [dev, qa, perf] }';
    const shop = await liveShop({ ...ANY, qa: LATE, perf: LATE, owned });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO), 'apps/checkout/extra.yaml': 'a: 1\n' });
    await shop.settle();
    await merge(shop, 'perf');
    await shop.sync('perf');
    expect(await takenFrom(shop, 'prod')).toBe('perf');
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE), 'apps/checkout/extra.yaml': null }, { as: 'bob' });
    await shop.settle();
    await merge(shop, 'qa');
    await shop.sync('qa');
    expect(await takenFrom(shop, 'prod')).toBe('qa');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
    expect(await shop.file('prod', 'apps/checkout/extra.yaml')).toBeUndefined();
  }, LONG);

  it('say in the request which was taken', async () => {
    const shop = await liveShop({ ...ANY, qa: LATE });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    const open = (await shop.current('checkout', 'prod'))!;
    expect(open).toMatchObject({ from: 'perf', verdicts: [{ gate: 'sources', outcome: 'wait' }] });
    expect((await shop.requests()).find(({ number }) => number === open.change?.number)?.body).toContain('Taken from `perf`; any of `qa`, `perf` would have done.');
  });
});
