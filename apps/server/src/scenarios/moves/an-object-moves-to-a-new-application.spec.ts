import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import { DATABASE, MANUAL, OWNED, databaseSteps, everywhereOnce, statefulSet } from './database.fixture.js';

describeInEveryWay('an object that moves from one application to another', (world, way) => {
  const { withDatabase } = databaseSteps(world, way);

  way.once('as a whole file without objects is bound as well', async () => {
    const shop = await withDatabase({ qa: MANUAL });
    const text = 'select 1;\n'.repeat(20);
    await shop.commit('dev', { 'apps/checkout/init.sql': text });
    await shop.settle();
    const first = await shop.current('checkout', 'qa');
    await shop.mergeOnForge(first!.change!.number, first!.candidate.head);
    await shop.commit('dev', { 'apps/checkout/init.sql': null, 'apps/base/init.sql': text });
    await shop.settle();
    expect((await shop.current('base', 'qa'))?.candidate).toMatchObject({ members: [{ application: 'base' }, { application: 'checkout' }], changedPaths: ['apps/base/init.sql', 'apps/checkout/init.sql'] });
  });

  way.once('to an application that is new, polled one by one', async () => {
    const shop = await withDatabase();
    await shop.commit('main', { 'sluice.yaml': (branches({ owned: OWNED, applications: ['base', 'checkout', 'cart', 'data'] })['main']?.['sluice.yaml'] ?? '') });
    await shop.settle();
    await shop.commit('dev', { [DATABASE]: null, 'apps/data/database.yaml': statefulSet({ tag: '15' }) });
    await shop.settle();
    await shop.commit('dev', { 'apps/data/database.yaml': statefulSet({ tag: '16' }) });
    await shop.settle();
    expect(await shop.file('prod', 'apps/data/database.yaml')).toBe(statefulSet({ tag: '16', replicas: 4, registry: 'registry.prod.example.org' }));
    expect((await shop.promotions('data', 'prod')).map(({ candidate }) => candidate.kind)).toEqual(['change', 'change']);
    await everywhereOnce(shop);
  });
});
