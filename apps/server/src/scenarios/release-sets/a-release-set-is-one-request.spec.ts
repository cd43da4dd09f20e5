import { environmentName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { MANUAL, both, prodImage, requestsTo, setSteps } from './set.fixture.js';

describeWorlds('a release set of two applications', (world) => {
  const { repository } = setSteps(world);

  it('is promoted by one request, and its applications go by themselves elsewhere', async () => {
    const shop = await repository({ prod: MANUAL });
    const before = (await requestsTo(shop, 'qa')).length;
    await shop.commit('dev', both);
    await shop.settle();
    expect((await requestsTo(shop, 'qa')).length).toBe(before + 2);
    const open = (await requestsTo(shop, 'prod')).filter(({ state }) => state === 'open');
    expect(open.map(({ title }) => title)).toEqual([expect.stringMatching(/^Promote shop-release \(checkout, cart\) to prod from qa@/)]);
    expect(open[0]?.body).toContain('Brings **shop-release (checkout, cart)** from `qa` to `prod`');
    const promotion = await shop.current('checkout', 'prod');
    expect((await shop.promotions('cart', 'prod'))[0]?.id).toBe(promotion?.id);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'waiting', goesWith: 'checkout', message: 'goes with checkout (release set shop-release)' });
    expect((await shop.why('cart', 'prod')).map((item) => item.promotion?.id)).toContain(promotion?.id);
    await shop.mergeOnForge(promotion!.change!.number, promotion!.candidate.head);
    await shop.settle();
    for (const name of ['checkout', 'cart']) {
      expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '2.0'));
      expect(await shop.file('prod', `.sluice/prod/${name}.yaml`)).toContain(`promotion: ${promotion?.id}`);
      expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'in-sync' });
    }
  });

  it('is planned as one', async () => {
    const shop = await repository({ prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, environment: environmentName('prod') });
    const digest = (await shop.current('checkout', 'prod'))?.candidate.digest;
    expect(items.map((item) => ({ application: item.application, outcome: item.outcome, together: item.together, digest: item.digest }))).toEqual(['checkout', 'cart'].map((application) => ({ application, outcome: 'change', together: ['checkout', 'cart'], digest })));
    expect(items[0]?.message).toContain('it would be merged as one with cart (release set shop-release)');
  });

  it('is planned as one also where what comes first is not merged yet', async () => {
    const shop = await repository({ qa: MANUAL, prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, revision: 'dev' });
    expect(items.map(({ environment, application, outcome, after, together }) => [environment, application, outcome, after, together])).toEqual([
      ['qa', 'checkout', 'change', undefined, undefined],
      ['qa', 'cart', 'change', undefined, undefined],
      ['prod', 'checkout', 'change', 'qa', ['checkout', 'cart']],
      ['prod', 'cart', 'change', 'qa', ['checkout', 'cart']],
    ]);
  });

  it('with an open request stays as it is under its reviewers, or follows its source, as the environment says', async () => {
    for (const [onNewSource, members] of [['wait', ['2.0', '2.0']], ['update', ['2.0', '2.1']]] as const) {
      const shop = await repository({ prod: `${MANUAL}\n      onNewSource: ${onNewSource}` });
      await shop.commit('dev', both);
      await shop.settle();
      const before = await shop.current('checkout', 'prod');
      await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.1' }) });
      await shop.settle();
      const after = await shop.current('checkout', 'prod');
      expect(after?.id === before?.id).toBe(onNewSource === 'wait');
      expect(after?.change).toEqual(before?.change);
      await shop.mergeOnForge(after!.change!.number, after!.candidate.head);
      expect([await shop.file('prod', CHECKOUT), await shop.file('prod', CART)]).toEqual([prodImage('checkout', members[0]), prodImage('cart', members[1])]);
      await shop.settle();
      const rest = await shop.current('checkout', 'prod');
      expect(rest?.candidate.changedPaths).toEqual(onNewSource === 'wait' ? [CART] : undefined);
    }
  });

  it('goes also when only one of them has changed, and the other one is not touched', async () => {
    const shop = await repository();
    const before = await shop.head('prod');
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    expect(await shop.git('rev-list', '--count', `${before}..${await shop.head('prod')}`)).toBe('1');
    expect(await shop.git('diff', '--name-only', before, await shop.head('prod'))).toBe(['.sluice/prod/cart.yaml', '.sluice/prod/checkout.yaml', CART].join('\n'));
    await shop.sync('prod');
    expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ state: 'live' });
  });
});
