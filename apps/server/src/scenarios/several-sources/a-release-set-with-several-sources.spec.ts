import { environmentName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn, diamondPipeline } from '../diamond.fixture.js';
import { CART, CHECKOUT } from '../shop.fixture.js';
import { LONG, MANUAL, OWNED, TWO, cartIn, liveShop, mergeOpen } from './database.fixture.js';

const SET = '  releaseSets:\n    - { name: shop-release, applications: [checkout, cart], environments: [prod] }\n';

describeWorlds('a release set in an environment with several sources', (world) => {
  it.each([
    ['[qa, perf]', 'perf', 'All of these have to have had it live'],
    ['{ any: [qa, perf] }', 'qa', 'any of `qa`, `perf` would have done'],
  ] as const)('from %s is one request, and one merge, when %s has had all of it live', async (from, last, said) => {
    const shop = await liveShop(world(), { from, set: SET, prod: MANUAL });
    const before = await shop.head('prod');
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO), [CART]: cartIn('dev', '2.0') });
    await shop.sync('qa');
    if (last === 'perf') await shop.sync('perf');
    const open = (await shop.current('checkout', 'prod'))!;
    expect(open.candidate).toMatchObject({ set: 'shop-release', members: [{ application: 'checkout' }, { application: 'cart' }] });
    expect(open.verdicts.map(({ outcome }) => outcome)).not.toContain('wait');
    expect((await shop.requests()).find(({ number }) => number === open.change!.number)?.body).toContain(said);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'waiting', goesWith: 'checkout' });
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, environment: environmentName('prod') });
    expect(items.map(({ together }) => together)).toEqual([['checkout', 'cart'], ['checkout', 'cart']]);
    await mergeOpen(shop, 'prod');
    expect(await shop.git('rev-list', '--count', `${before}..${await shop.head('prod')}`)).toBe('1');
    expect(await shop.file('prod', CART)).toBe(cartIn('prod', '2.0'));
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    await shop.sync('qa');
    await shop.sync('perf');
    expect(await shop.current('checkout', 'prod')).toBeUndefined();
  }, LONG);

  it('waits while one of its applications has not been live in all of them, and says which', async () => {
    const shop = await liveShop(world(), { set: SET });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO), [CART]: cartIn('dev', '2.0') });
    await shop.sync('qa');
    await shop.report('perf', await shop.head('perf'), 'Failed', [{ path: CART, message: 'crashes' }]);
    await shop.settle();
    expect((await shop.current('checkout', 'prod'))?.verdicts).toMatchObject([{ gate: 'sources', outcome: 'fail', message: expect.stringContaining('cart: perf: ') }]);
    await shop.sync('perf');
    expect(await shop.file('prod', CART)).toBe(cartIn('prod', '2.0'));
  }, LONG);

  it('keeps an application as it is that the source has older than the target', async () => {
    const shop = await liveShop(world(), { from: '{ any: [qa, perf] }', set: SET, perf: MANUAL });
    await shop.commit('dev', { [CART]: cartIn('dev', '2.0') });
    await shop.sync('qa');
    expect(await shop.file('prod', CART)).toBe(cartIn('prod', '2.0'));
    await shop.commit('main', { 'sluice.yaml': `${diamondPipeline({ applications: ['cart'], owned: OWNED, from: '{ any: [qa, perf] }', qa: MANUAL, perf: MANUAL })}${SET}` });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    await mergeOpen(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    expect(await shop.file('prod', CART)).toBe(cartIn('prod', '2.0'));
    expect(await shop.file('prod', '.sluice/prod/cart.yaml')).toContain('source: qa');
    expect(await shop.file('prod', '.sluice/prod/checkout.yaml')).toContain('source: perf');
    await mergeOpen(shop, 'qa');
    await shop.sync('qa');
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'in-sync' });
  }, LONG);

  it('keeps its open request and its approvals when the one that it was composed from moves on', async () => {
    const shop = await liveShop(world(), { set: SET, perf: MANUAL, prod: '      approvals: { required: 1, from: [group:release-managers] }\n      onNewSource: wait' });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await mergeOpen(shop, 'perf');
    await shop.sync('perf');
    const open = await shop.current('checkout', 'prod');
    expect(open?.candidate.members).toHaveLength(2);
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', { tag: '3.0' }), [CART]: cartIn('dev', '3.0') });
    await shop.sync('qa');
    expect((await shop.current('checkout', 'prod'))?.id).toBe(open?.id);
    await mergeOpen(shop, 'perf');
    await mergeOpen(shop, 'perf', 'cart');
    await shop.sync('perf');
    expect((await shop.current('checkout', 'prod'))?.id).toBe(open?.id);
  }, LONG);
});
