import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { LATE, LONG, THREE, TWO, liveSteps, merge } from './live.fixture.js';

describeWorlds('several sources of which all must have had the content live', (world) => {
  const { liveShop } = liveSteps(world);

  it('never promote what one of them owns, whichever it is composed from', async () => {
    const owned = `    - { kind: Deployment, fields: [spec.replicas], environments: [dev, qa, perf] }
    - { path: "**/env/**", environments: [qa, perf] }`;
    const shop = await liveShop({ perf: LATE, owned });
    await shop.commit('qa', { 'apps/checkout/env/host.yaml': 'host: qa\n' });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await merge(shop, 'perf');
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
    await shop.sync('qa');
    await shop.sync('perf');
    await merge(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
    expect(await shop.file('prod', 'apps/checkout/env/host.yaml')).toBeUndefined();
  }, LONG);
});
