import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { promotionSteps } from './steps.fixture.js';

describeInEveryWay('an environment whose branch was made from that of another', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('begins with a record of its own: ledgers of another target are ignored', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.git('fetch', '--quiet', 'forge');
    await shop.git('checkout', '--quiet', '-B', 'staging', 'forge/qa');
    await shop.push('staging');
    const config = branches()['main']?.['sluice.yaml'] ?? '';
    await shop.commit('main', { 'sluice.yaml': config.replace('  applications:', '    - { name: staging, branch: staging, from: [qa] }\n  applications:') });
    await shop.settle();
    expect((await shop.promotions('checkout', 'staging'))[0]).toMatchObject({ state: 'live', candidate: { kind: 'record-only' } });
    expect(await shop.file('staging', '.sluice/staging/checkout.yaml')).toContain('target: staging');
  });
});
