import { applicationName, environmentName, instant, personName } from '@sluice/kernel';
import { FreezeLanes, PlanPromotions } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { APPROVED, MANUAL, laneSteps } from './lane.fixture.js';

describeWorlds('a plan of a lane that does not move', (world) => {
  const { begun, plan } = laneSteps(world);

  it('says that a person has closed it, and shows what it was', async () => {
    const shop = await begun({ qa: MANUAL, prod: MANUAL });
    await release(shop, '2.0');
    const number = (await shop.current('checkout', 'qa'))?.change?.number ?? 0;
    await world().forge.changes.close(shop.id, number, { by: 'bob' });
    await shop.settle();
    const { qa, prod } = await plan(shop, 'dev');
    expect([qa?.outcome, qa?.message, qa?.changes.length]).toEqual(['closed', expect.stringMatching(/^closed by bob; offered again when/), 1]);
    expect(prod).toMatchObject({ outcome: 'blocked', message: expect.stringMatching(/^it would not come to qa: closed by bob/) });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.1' }) });
    expect((await plan(shop, 'dev'))['qa']?.outcome).toBe('change');
  });

  it('counts attempts as the lane does', async () => {
    const shop = await begun({ qa: MANUAL, prod: MANUAL });
    await release(shop, '2.0');
    await world().forge.changes.close(shop.id, (await shop.current('checkout', 'qa'))?.change?.number ?? 0, { by: 'bob' });
    await shop.settle();
    await shop.promote('checkout', 'qa');
    expect((await plan(shop, 'dev'))['qa']).toMatchObject({ outcome: 'change', digest: (await shop.current('checkout', 'qa'))?.candidate.digest });
  });

  it('says that it is frozen, in its gates and as it is now', async () => {
    const shop = await begun();
    await new FreezeLanes(world().ports).freeze({ repository: shop.id, environment: environmentName('prod'), person: personName('grace'), reason: 'incident 7', end: { lasting: 3_600_000 } });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    const { qa, prod } = await plan(shop, 'dev');
    expect(prod?.outcome).toBe('change');
    expect(prod?.gates).toContainEqual(expect.objectContaining({ gate: 'freeze', outcome: 'wait', message: expect.stringContaining('frozen by grace') }));
    expect([qa?.now, prod?.now]).toEqual([[], [{ condition: 'frozen', message: expect.stringContaining('incident 7') }]]);
    const later = new PlanPromotions(world().ports).run({ repository: shop.id, application: applicationName('checkout'), environment: environmentName('prod'), revision: 'dev', at: instant(world().ports.clock() + 7_200_000) });
    expect((await later).map(({ gates, now }) => [gates.filter(({ gate }) => gate === 'freeze'), now])).toEqual([[[], []]]);
  });

  it('says that it conflicts, also when what is planned would not', async () => {
    const shop = await begun({ prod: MANUAL });
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '1.1', replicas: 2 }) });
    await release(shop, '2.0');
    const now = await plan(shop, 'dev');
    expect([now['qa']?.outcome, now['qa']?.now.map(({ condition }) => condition)]).toEqual(['conflict', expect.arrayContaining(['conflicted'])]);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '1.1' }) });
    const next = await plan(shop, 'dev');
    expect([next['qa']?.outcome, next['qa']?.now.map(({ condition }) => condition)]).toEqual(['record-only', expect.arrayContaining(['conflicted'])]);
  });

  it('waits behind commits that nobody has reviewed', async () => {
    const shop = await begun({ qa: '      directPush: hold', prod: MANUAL });
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '1.1', replicas: 2 }) });
    await shop.settle();
    const { prod } = await plan(shop);
    expect([prod?.outcome, prod?.message]).toEqual(['waiting', expect.stringMatching(/^qa has commits that are unreviewed/)]);
  });

  it('waits behind a rollback', async () => {
    const shop = await begun({ qa: `${APPROVED}\n      emergency: { required: 1, from: ["group:sre"] }`, prod: MANUAL });
    await release(shop, '2.0');
    await shop.approve('checkout', 'qa', 'grace');
    await shop.rollBack('checkout', 'qa');
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    const { qa } = await plan(shop, 'dev');
    expect([qa?.outcome, qa?.message]).toEqual(['waiting', expect.stringMatching(/^qa is being rolled back to /)]);
  });

  it('says nothing where nothing waits', async () => {
    const shop = await begun();
    expect(Object.values(await plan(shop, 'dev')).map(({ outcome, now }) => [outcome, now])).toEqual([['in-sync', []], ['in-sync', []]]);
  });
});
