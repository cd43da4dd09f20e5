import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { PipelineFields } from '../shop.fixture.js';
import { expectStable } from '../stable.fixture.js';
import type { Shop } from '../world.fixture.js';

const MANUAL = '      merge: manual';
const SRE = '      emergency: { required: 1, from: [group:sre] }';
const SET = '  releaseSets:\n    - { name: shop-release, applications: [cart, checkout], environments: [prod] }\n';
const BOTH = ['checkout', 'cart'] as const;
const SHARED = { checkout: 'apps/checkout/shared.yaml', cart: 'apps/cart/shared.yaml' };
const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shared }\ndata: { a: b }\n';
const NEW = { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) };

const pipelineOf = (fields: PipelineFields = {}): string => branches(fields)['main']?.['sluice.yaml'] ?? '';
const inProd = (name: string, fields: Parameters<typeof deployment>[1]): string => deployment(name, { replicas: 4, registry: 'registry.prod.example.org', ...fields });
const openRequests = async (shop: Shop) => (await shop.requests()).filter(({ state }) => state === 'open');

async function mergeOpen(shop: Shop, application: string): Promise<void> {
  const open = await shop.current(application, 'prod');
  expect(await shop.mergeOnForge(open!.change!.number, open!.candidate.head)).toBe('merged');
  await shop.settle();
}

describeWorlds('applications that go together', (world) => {
  const withSet = (fields: PipelineFields = {}): Promise<Shop> => world().repository({ ...branches(fields), main: { 'sluice.yaml': `${pipelineOf(fields)}${SET}` } });

  async function configure(shop: Shop, text: string): Promise<void> {
    await shop.commit('main', { 'sluice.yaml': text });
    await shop.settle();
  }

  async function open(): Promise<Shop> {
    const shop = await withSet({ prod: MANUAL });
    await shop.commit('dev', NEW);
    await shop.settle();
    expect((await openRequests(shop)).map(({ sourceBranch }) => sourceBranch)).toEqual(['sluice/promote/prod/checkout']);
    return shop;
  }

  it('have one request under the new name when their environment is renamed while it is open', async () => {
    const shop = await open();
    const [before] = await openRequests(shop);
    await configure(shop, `${pipelineOf({ prod: MANUAL })}${SET}`.replaceAll('name: prod', 'name: live').replaceAll('[prod]', '[live]'));
    const requests = await openRequests(shop);
    expect(requests.map(({ sourceBranch }) => sourceBranch)).toEqual(['sluice/promote/live/checkout']);
    expect(requests[0]?.number).not.toBe(before?.number);
    expect((await shop.current('checkout', 'live'))?.candidate).toMatchObject({ kind: 'adopt', members: [{ application: 'checkout' }, { application: 'cart' }] });
    await expectStable(shop, BOTH, ['qa']);
  });

  it('leave nothing open of the one that composes for all when it leaves the pipeline', async () => {
    const shop = await open();
    await configure(shop, pipelineOf({ prod: MANUAL, applications: ['cart'] }));
    expect((await openRequests(shop)).map(({ sourceBranch }) => sourceBranch)).toEqual(['sluice/promote/prod/cart']);
    expect((await shop.current('cart', 'prod'))?.candidate.members).toBeUndefined();
    await expectStable(shop, BOTH);
  });

  it('have one request when another one of them comes first in the pipeline file', async () => {
    const shop = await open();
    await configure(shop, `${pipelineOf({ prod: MANUAL, applications: ['cart', 'checkout'] })}${SET}`);
    expect((await openRequests(shop)).map(({ sourceBranch }) => sourceBranch)).toEqual(['sluice/promote/prod/cart']);
    await expectStable(shop, BOTH);
  });

  it('are judged anew, both, when their merge is not what was composed in one of them', async () => {
    const shop = await open();
    const merged = (await shop.current('checkout', 'prod'))!;
    await shop.commit('prod', { [CART]: inProd('cart', { level: 'debug' }) }, { as: 'bob' });
    expect(await shop.mergeOnForge(merged.change!.number, merged.candidate.head)).toBe('merged');
    await shop.settle();
    expect(await shop.promotions('checkout', 'prod')).toMatchObject([{ state: 'ready', candidate: { kind: 'change', members: [{ application: 'checkout' }, { application: 'cart' }] } }, { state: 'tampered' }, {}]);
    await expectStable(shop, BOTH);
    await mergeOpen(shop, 'checkout');
    for (const name of BOTH) expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'in-sync' });
    await expectStable(shop, BOTH);
  });

  it('are shown whole, with everybody behind it, when each was tampered with by a merge of its own', async () => {
    const fields = { prod: MANUAL };
    const shop = await world().repository(branches(fields));
    const tamper = async (application: 'checkout' | 'cart', [before, after]: readonly [string, string], person: string): Promise<void> => {
      await shop.commit('dev', { [`apps/${application}/deployment.yaml`]: deployment(application, { tag: after }) }, { as: 'grace' });
      await shop.settle();
      await shop.commit('prod', { [`apps/${application}/deployment.yaml`]: inProd(application, { tag: before, level: person }) }, { as: person });
      const open = await shop.current(application, 'prod');
      expect(await shop.mergeOnForge(open!.change!.number, open!.candidate.head)).toBe('merged');
      await shop.settle();
    };
    await tamper('cart', ['1.0', '2.0'], 'bob');
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await mergeOpen(shop, 'checkout');
    await tamper('checkout', ['2.0', '3.0'], 'eve');
    await configure(shop, `${pipelineOf(fields)}${SET}`);
    const [request] = await openRequests(shop);
    expect(request?.title).toContain('shop-release (checkout, cart)');
    for (const level of ['bob', 'eve']) expect(request?.body).toContain(`"${level}"`);
    expect((await shop.current('checkout', 'prod'))?.authors.map(({ person }) => person)).toEqual(expect.arrayContaining(['bob', 'eve', 'grace']));
  });

  it('stay held after a rollback until both have something new', async () => {
    const shop = await withSet();
    await shop.commit('dev', NEW);
    await shop.settle();
    await shop.rollBack('cart', 'prod');
    for (const name of BOTH) expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'held' });
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('goes with checkout (release set shop-release): checkout: ') });
    await expectStable(shop, BOTH);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    for (const name of BOTH) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(inProd(name, { tag: '3.0' }));
    await expectStable(shop, BOTH);
  });

  it('keep back what comes after one of them while another one is held', async () => {
    const web = 'apps/web/deployment.yaml';
    const text = pipelineOf({ applications: ['checkout', 'cart', 'web'] }).replace('["apps/web/**"] }', '["apps/web/**"], after: [cart] }');
    const files = Object.fromEntries(Object.entries(branches()).map(([branch, own]) => [branch, { ...own, [web]: deployment('web') }]));
    const shop = await world().repository({ ...files, main: { 'sluice.yaml': `${text}${SET}` } });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('prod');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('prod');
    await shop.settle();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }), [web]: deployment('web', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'waiting', goesWith: 'checkout' });
    expect((await shop.current('web', 'prod'))?.verdicts).toMatchObject([{ gate: 'after', outcome: 'wait', message: expect.stringMatching(/^cart goes first: it goes with checkout, which is held: /) }]);
    await shop.promote('checkout', 'prod');
    for (const name of ['cart', 'web']) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toContain(`${name}:2.0`);
    await expectStable(shop, BOTH);
  });

  it('bring again what was undone in one of them without its ledger, when a person promotes', async () => {
    const shop = await withSet();
    await shop.commit('dev', NEW);
    await shop.settle();
    await shop.commit('prod', { [CART]: inProd('cart', { tag: '1.0' }) }, { as: 'bob' });
    await shop.settle();
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'held' });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held', message: expect.stringMatching(/^cart: /) });
    await shop.promote('cart', 'prod');
    expect([await shop.file('prod', CHECKOUT), await shop.file('prod', CART)]).toEqual([inProd('checkout', { tag: '3.0' }), inProd('cart', { tag: '2.0' })]);
    await expectStable(shop, BOTH);
  });

  it('follow a revert of a revert on the target, and need nobody then', async () => {
    const shop = await withSet();
    await shop.commit('dev', NEW);
    await shop.settle();
    for (const condition of ['held', 'in-sync']) {
      await shop.checkout('prod');
      await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
      await shop.push('prod');
      await shop.settle();
      for (const name of BOTH) expect(await shop.lane(name, 'prod')).toMatchObject({ condition });
    }
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect([await shop.file('prod', CHECKOUT), await shop.file('prod', CART)]).toEqual([inProd('checkout', { tag: '3.0' }), inProd('cart', { tag: '2.0' })]);
    await expectStable(shop, BOTH);
  });

  it('go before what comes after one of them, where a move would make them wait for each other', async () => {
    const web = 'apps/web/deployment.yaml';
    const applications = ['checkout', 'cart', 'web'];
    const text = pipelineOf({ applications }).replace('["apps/web/**"] }', '["apps/web/**"], after: [checkout] }').replace('["apps/cart/**"] }', '["apps/cart/**"], after: [web] }');
    const files = Object.fromEntries(Object.entries(branches()).map(([branch, own]) => [branch, { ...own, [web]: deployment('web'), [SHARED.checkout]: MAP }]));
    const shop = await world().repository({ ...files, main: { 'sluice.yaml': text } });
    await shop.commit('dev', { ...NEW, [web]: deployment('web', { tag: '2.0' }), [SHARED.checkout]: null, [SHARED.cart]: MAP });
    await shop.settle();
    expect(await openRequests(shop)).toEqual([]);
    for (const name of applications) expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'in-sync' });
    expect(await shop.file('prod', SHARED.cart)).toBe(MAP);
  });
});

describeWorlds('a rollback of applications between which something has moved', (world) => {
  async function moved(prod: string): Promise<Shop> {
    const shop = await world().repository(branches({ prod }));
    for (const files of [{ [SHARED.checkout]: MAP }, { [SHARED.checkout]: null, [SHARED.cart]: MAP }]) {
      await shop.commit('dev', files);
      await shop.settle();
      if (await shop.current('checkout', 'prod')) await mergeOpen(shop, 'checkout');
    }
    expect(await shop.file('prod', SHARED.cart)).toBe(MAP);
    return shop;
  }

  it('waits for people, and nothing newer of the other one lands in its way', async () => {
    const shop = await moved(SRE);
    await shop.rollBack('checkout', 'prod');
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'waiting', message: expect.stringMatching(/^is to be rolled back together with checkout: prod-checkout-\w+ waits for emergency: /) });
    await expectStable(shop, BOTH);
    await shop.reject('checkout', 'prod', 'eve');
    expect(await shop.file('prod', CART)).toBe(inProd('cart', { tag: '3.0' }));
    await expectStable(shop, BOTH);
  });

  it('takes the place of what the other one had open, and is held for both in words that do not contradict each other', async () => {
    const shop = await moved(`${MANUAL}\n${SRE}`);
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    expect(await openRequests(shop)).toHaveLength(1);
    await shop.rollBack('checkout', 'prod');
    expect((await openRequests(shop)).map(({ title }) => title)).toEqual([expect.stringMatching(/^Roll back/)]);
    await shop.approve('checkout', 'prod', 'eve');
    expect(await shop.file('prod', SHARED.checkout)).toBe(MAP);
    expect(await shop.file('prod', SHARED.cart)).toBeUndefined();
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'held', message: expect.stringContaining('goes with checkout (ConfigMap shared was undone in checkout and cart; ConfigMap shared goes from checkout to cart)') });
    await expectStable(shop, BOTH);
  });
});
