import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { promotionSteps } from './steps.fixture.js';

describeInEveryWay('ledgers of another environment on a branch', (world, way) => {
  const { repository } = promotionSteps(world, way);

  /** What is known of checkout's promotions that were merged, and how the branches are. */
  async function known(shop: Shop, ...targets: readonly string[]) {
    const promotions = (await Promise.all(targets.map((target) => shop.promotions('checkout', target)))).flat();
    return { ids: promotions.filter(({ mergedAs }) => mergedAs).map(({ id }) => id).toSorted(), heads: await Promise.all(targets.map((target) => shop.head(target))) };
  }

  async function expectSameAfterRebuild(shop: Shop, ...targets: readonly string[]): Promise<void> {
    const before = await known(shop, ...targets);
    expect(new Set(before.ids).size).toBe(before.ids.length);
    await world().loseDatabase();
    await shop.rebuild();
    await shop.settle();
    expect(await known(shop, ...targets)).toEqual(before);
  }

  it('that was made from that of the other are ignored: it begins with a record of its own, and a rebuild finds nothing twice', async () => {
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
    await expectSameAfterRebuild(shop, 'qa', 'prod', 'staging');
  });

  it('into which somebody has merged that of the other by hand are ignored: it is recorded, and a rebuild finds nothing twice', async () => {
    const shop = await repository(branches({ prod: '      approvals: { required: 1, from: [group:release-managers] }' }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('prod');
    await shop.gitAs('bob', 'merge', '--quiet', '--allow-unrelated-histories', '-X', 'theirs', '-m', 'by hand', 'forge/qa');
    await shop.push('prod');
    await shop.settle();
    expect(await shop.file('prod', '.sluice/qa/checkout.yaml')).toContain('target: qa');
    expect(await shop.file('prod', '.sluice/prod/checkout.yaml')).toContain('target: prod');
    expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ state: 'live', candidate: { kind: 'record-only' } });
    await expectSameAfterRebuild(shop, 'qa', 'prod');
  });
});
