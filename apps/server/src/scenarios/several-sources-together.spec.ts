import { environmentName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import { describeInEveryWay, describeWorlds } from './describe-worlds.fixture.js';
import { checkoutIn, diamond, diamondPipeline } from './diamond.fixture.js';
import type { DiamondFields } from './diamond.fixture.js';
import { CART, CHECKOUT, deployment } from './shop.fixture.js';
import type { Shop, World } from './world.fixture.js';

const TWO = { tag: '2.0' };
const MANUAL = '      merge: manual';
const SET = '  releaseSets:\n    - { name: shop-release, applications: [checkout, cart], environments: [prod] }\n';
/** For the longest ways through four environments, on a busy machine. */
const LONG = 120_000;

const DATABASE = 'apps/checkout/database.yaml';
const MOVED = 'apps/cart/database.yaml';
const REPLICAS = { dev: 1, qa: 2, perf: 3, prod: 4 } as const;
type Environment = keyof typeof REPLICAS;
const ENVIRONMENTS = Object.keys(REPLICAS) as readonly Environment[];

const cartIn = (environment: Environment, tag = '1.0'): string => deployment('cart', { tag, replicas: REPLICAS[environment] });
const databaseIn = (environment: Environment, tag = '14'): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: database
spec:
  replicas: ${REPLICAS[environment]}
  template:
    spec:
      containers:
        - name: postgres
          image: registry.example.org/postgres:${tag}
`;
const OWNED = '    - { kind: Deployment, fields: [spec.replicas] }\n    - { kind: StatefulSet, fields: [spec.replicas] }';

/** checkout (with a database) and cart in dev, qa and perf side by side, and prod; qa and perf have been live with it. */
async function liveShop(world: World, { set = '', ...fields }: DiamondFields & { readonly set?: string } = {}, options: Parameters<World['repository']>[1] = {}): Promise<Shop> {
  const all = { ...fields, applications: ['cart'], owned: OWNED };
  const files = Object.fromEntries(ENVIRONMENTS.map((name) => [name, { [CHECKOUT]: checkoutIn(name), [CART]: cartIn(name), [DATABASE]: databaseIn(name) }]));
  const shop = await world.repository({ ...diamond(all), ...files, main: { 'sluice.yaml': `${diamondPipeline(all)}${set}` } }, options);
  await shop.sync('qa');
  await shop.sync('perf');
  return shop;
}

async function mergeOpen(shop: Shop, environment: string, application = 'checkout'): Promise<void> {
  const { change, candidate } = (await shop.current(application, environment))!;
  expect(await shop.mergeOnForge(change!.number, candidate.head)).toBe('merged');
  await shop.settle();
}

/** How many copies of the database each commit of a branch has. */
async function copiesIn(shop: Shop, branch: string): Promise<ReadonlySet<number>> {
  await shop.git('fetch', '--quiet', '--prune', 'forge');
  const commits = (await shop.git('rev-list', '--first-parent', `forge/${branch}`)).split('\n');
  const counts = new Set<number>();
  for (const commit of commits) counts.add((await shop.git('grep', '-l', '-e', 'kind: StatefulSet', commit, '--', 'apps').catch(() => '')).split('\n').filter((line) => line !== '').length);
  return counts;
}

const MOVE = { [DATABASE]: null, [MOVED]: databaseIn('dev', '15') };

// Design, "Compose", 7, and "Several sources": never zero and never two copies in the target, wherever its content comes from.
describeInEveryWay('an object that moves between applications, into an environment with several sources', (world, way) => {
  it.each(['[qa, perf]', '{ any: [qa, perf] }'])('from %s goes in one request, and what each environment owns goes with it', async (from) => {
    const shop = await liveShop(world(), { from }, way);
    await shop.commit('dev', { ...MOVE, [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await shop.sync('perf');
    expect(await shop.file('prod', MOVED)).toBe(databaseIn('prod', '15'));
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    for (const branch of ['qa', 'perf', 'prod']) expect(await copiesIn(shop, branch)).toEqual(new Set([1]));
    const [promotion] = await shop.promotions('cart', 'prod');
    expect(promotion).toMatchObject({ application: 'checkout', candidate: { members: [{ application: 'checkout' }, { application: 'cart' }] } });
    for (const application of ['checkout', 'cart']) expect(await shop.lane(application, 'prod')).toMatchObject({ condition: 'in-sync' });
  }, LONG);

  way.once('waits where one of the two has been live with it in all of them and the other has not', async () => {
    const shop = await liveShop(world(), { perf: `${MANUAL}\n      onNewSource: wait` }, way);
    await shop.commit('dev', MOVE);
    await shop.settle();
    // in qa cart is replaced before any agent had it there
    await shop.commit('dev', { [CART]: cartIn('dev', '2.0') });
    await shop.sync('qa');
    const open = (await shop.current('checkout', 'perf'))!;
    expect(open.candidate.members).toHaveLength(2);
    await mergeOpen(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('StatefulSet.apps database goes from checkout to cart: checkout would be promoted without cart, which has not been live with it in all of qa, perf yet') });
    expect(await shop.file('prod', DATABASE)).toBe(databaseIn('prod'));
    await mergeOpen(shop, 'perf', 'cart');
    await shop.sync('perf');
    expect(await shop.file('prod', MOVED)).toBe(databaseIn('prod', '15'));
    expect(await shop.file('prod', CART)).toBe(cartIn('prod', '2.0'));
    expect(await copiesIn(shop, 'prod')).toEqual(new Set([1]));
  });

  way.once('comes back by a rollback as one, and is held for both', async () => {
    const shop = await liveShop(world(), {}, way);
    await shop.commit('dev', MOVE);
    await shop.sync('qa');
    await shop.sync('perf');
    expect(await copiesIn(shop, 'prod')).toEqual(new Set([1]));
    await shop.rollBack('cart', 'prod');
    await shop.settle();
    expect(await shop.file('prod', DATABASE)).toBe(databaseIn('prod'));
    expect(await copiesIn(shop, 'prod')).toEqual(new Set([1]));
    for (const application of ['checkout', 'cart']) expect(await shop.lane(application, 'prod')).toMatchObject({ condition: 'held' });
  });
});

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
