import { PlanPromotions } from '@sluice/usecases';
import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { copiesIn } from './copies.fixture.js';
import { BASE, DATABASE, MANUAL, databaseSteps, everywhereOnce, statefulSet } from './database.fixture.js';

describeInEveryWay('a StatefulSet that moves from one application to another', (world, way) => {
  const { withDatabase, mergeMethod } = databaseSteps(world, way);

  it('goes in one request from environment to environment, and what each owns goes with it', async () => {
    const shop = await withDatabase();
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    await everywhereOnce(shop);
    expect(await shop.file('qa', BASE)).toBe(statefulSet({ tag: '15', replicas: 2 }));
    expect(await shop.file('prod', BASE)).toBe(statefulSet({ tag: '15', replicas: 4, registry: 'registry.prod.example.org' }));
    for (const target of ['qa', 'prod']) {
      expect(await shop.file(target, DATABASE)).toBeUndefined();
      const [promotion] = await shop.promotions('checkout', target);
      expect(promotion).toMatchObject({ application: 'base', candidate: { kind: 'change', members: [{ application: 'base' }, { application: 'checkout' }] } });
      expect((await shop.promotions('base', target))[0]?.id).toBe(promotion?.id);
      for (const application of ['base', 'checkout', 'cart']) expect(await shop.lane(application, target)).toMatchObject({ condition: 'in-sync' });
    }
    const request = (await shop.requests()).find(({ title }) => title.startsWith('Promote base and checkout to prod'));
    expect(request?.body).toContain('StatefulSet.apps database goes from checkout to base');
  });

  it('takes along what only the target has changed in it', async () => {
    const shop = await withDatabase();
    await shop.commit('qa', { [DATABASE]: statefulSet({ replicas: 2, class: 'important' }) }, { as: 'bob' });
    await shop.settle();
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    expect(await shop.file('qa', BASE)).toBe(statefulSet({ tag: '15', replicas: 2, class: 'important' }));
    await everywhereOnce(shop);
  });

  it('does so together with other changes of both, polled all at once, also there and back again', async () => {
    const shop = await withDatabase();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.commit('dev', { 'apps/base/notes.yaml': 'kind: ConfigMap\nmetadata: { name: notes }\n', [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:2.0');
    expect(await shop.file('prod', CART)).toContain('cart:3.0');
    expect(await shop.file('prod', 'apps/base/notes.yaml')).toBeDefined();
    await shop.commit('dev', { [BASE]: null, [DATABASE]: statefulSet({ tag: '16' }) });
    await shop.settle();
    expect(await shop.file('prod', DATABASE)).toBe(statefulSet({ tag: '16', replicas: 4, registry: 'registry.prod.example.org' }));
    await everywhereOnce(shop);
  });

  way.once('is planned as one from environment to environment', async () => {
    const shop = await withDatabase({ qa: MANUAL, prod: MANUAL });
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, revision: 'dev' });
    const together = items.flatMap(({ environment, application, ...item }) => (item.together ? [[environment, application, item.after, item.together]] : []));
    expect(together).toEqual([['qa', undefined], ['prod', 'qa']].flatMap(([environment, after]) => ['base', 'checkout'].map((application) => [environment, application, after, ['base', 'checkout']])));
  });

  way.once('goes back as one, whichever application somebody names, and there is one copy all the time', async () => {
    const shop = await withDatabase();
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    const [moved] = await shop.promotions('checkout', 'prod');
    expect(await shop.rollBack('checkout', 'prod')).toEqual([moved?.id]);
    expect(await shop.file('prod', DATABASE)).toBe(statefulSet({ replicas: 4, registry: 'registry.prod.example.org' }));
    expect(await shop.file('prod', BASE)).toBeUndefined();
    for (const application of ['base', 'checkout']) expect(await shop.lane(application, 'prod')).toMatchObject({ condition: 'held' });
    await shop.promote('base', 'prod');
    expect(await shop.file('prod', BASE)).toBe(statefulSet({ tag: '15', replicas: 4, registry: 'registry.prod.example.org' }));
    await everywhereOnce(shop);
  });

  way.once('is undone as one, held, and comes again as one', async () => {
    const shop = await withDatabase({ prod: MANUAL });
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', ...(mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
    await shop.push('qa');
    await shop.settle();
    for (const application of ['base', 'checkout']) expect(await shop.lane(application, 'qa')).toMatchObject({ condition: 'held' });
    expect(await copiesIn(shop, 'qa')).toEqual(new Set([1]));
    await shop.promote('checkout', 'qa');
    expect(await shop.file('qa', BASE)).toBe(statefulSet({ tag: '15', replicas: 2 }));
    expect(await copiesIn(shop, 'qa')).toEqual(new Set([1]));
    for (const application of ['base', 'checkout']) expect(await shop.lane(application, 'qa')).toMatchObject({ condition: 'in-sync' });
  });
});
