import { findingsOf } from '@sluice/testing';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';

describeWorlds('the audit says', (world) => {
  afterEach(async () => expect(await findingsOf(world().store.auditStore)).toEqual([]));

  it('what Sluice has merged and assigned by itself, each once, and who had it rolled back', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    const before = (await shop.audited()).length;
    await release(shop, '3.0');
    expect((await shop.audited()).slice(before).filter((line) => !line.includes('prod'))).toEqual(expect.arrayContaining(['sluice sluice promotion.open', 'sluice sluice promotion.merge', 'sluice sluice environment.assign']));
    const [newest] = await shop.promotions('checkout', 'qa');
    const { items } = await world().store.auditStore.list({ repository: shop.id, action: 'promotion.merge', limit: 100 });
    expect(items.filter(({ entry }) => entry.includes(`"${newest?.id}"`))).toHaveLength(1);
    await shop.rollBack('checkout', 'qa');
    expect(await shop.audited('promotion.rollback')).toEqual(['ada sluice promotion.rollback']);
  });

  it('that the pipeline itself has rolled something back', async () => {
    const shop = await world().repository(branches({ qa: '      rollout: { onDegraded: rollback }', prod: '      merge: manual' }));
    await release(shop, '2.0');
    await shop.sync('qa');
    await release(shop, '3.0');
    await shop.sync('qa', 'Failed');
    await shop.settle();
    expect(await shop.audited('promotion.rollback')).toEqual(['sluice sluice promotion.rollback']);
  });

  it('who has accepted what came past the promotions, and which commits', async () => {
    const shop = await world().repository(branches({ qa: '      directPush: hold' }));
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2, level: 'trace' }) }, { as: 'bob', message: 'by hand' });
    await shop.settle();
    const head = await shop.head('qa');
    await shop.accept('qa', 'ada');
    expect(await shop.audited('environment.accept')).toEqual(['ada sluice environment.accept']);
    const { items } = await world().store.auditStore.list({ repository: shop.id, action: 'environment.accept', limit: 1 });
    expect(JSON.parse(items[0]?.entry ?? '')).toMatchObject({ place: { environment: 'qa' }, after: { commits: [head] } });
  });
});
