import { describeWorlds } from '../describe-worlds.fixture.js';
import { both, prodImage, withSet } from '../release-sets/set.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { PipelineFields } from '../shop.fixture.js';
import { expectStable } from '../stable.fixture.js';
import type { Shop } from '../world.fixture.js';

const SRE = '      emergency: { required: 1, from: [group:sre] }';
const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shared }\ndata: { a: b }\n';
const SHARED = { checkout: 'apps/checkout/shared.yaml', cart: 'apps/cart/shared.yaml' };
/** What is said of a file that stays as it is. */
const LEFT = /apps\/cart\/deployment\.yaml.*prod-checkout-\w+ brought it as part of cart, which is not in the pipeline any more: it is not undone/s;

const pipelineOf = (fields: PipelineFields = {}): string => branches(fields)['main']?.['sluice.yaml'] ?? '';

// Design, "Rollback": what was promoted together is undone together, as far as the pipeline still has it; what is not undone is said, never passed over.
describeWorlds('a rollback of several applications of which one has left the pipeline', (world) => {
  async function promoted(fields: PipelineFields = {}): Promise<Shop> {
    const shop = await world().repository(withSet(fields));
    await shop.commit('dev', both);
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    return shop;
  }

  async function configure(shop: Shop, text: string): Promise<void> {
    await shop.commit('main', { 'sluice.yaml': text });
    await shop.settle();
  }

  async function notUndone(shop: Shop, application: string): Promise<string> {
    const verdicts = (await shop.why(application, 'prod')).flatMap((item) => item.verdicts);
    const [found] = verdicts.filter(({ gate }) => gate === 'not-undone');
    return `${found?.message} ${JSON.stringify(found?.evidence)}`;
  }

  it('undoes the rest, and says what it has not undone: at once, in its record and in why', async () => {
    const shop = await promoted();
    await configure(shop, pipelineOf({ applications: ['checkout'] }));
    await shop.rollBack('checkout', 'prod');
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    const [rollback] = await shop.promotions('checkout', 'prod');
    expect(rollback?.candidate).toMatchObject({ kind: 'rollback', notes: [{ path: CART, message: expect.stringContaining('as part of cart') }] });
    expect((await shop.requests()).find(({ number }) => number === rollback?.change?.number)?.body.replaceAll('\\', '')).toMatch(LEFT);
    expect(await shop.git('--git-dir', world().forge.gitDir(shop.id), 'log', '-1', '--format=%B', `${rollback?.candidate.head}`)).toMatch(/^Sluice-Not-Undone: "apps\/cart\/deployment\.yaml" prod-checkout-/m);
    expect(await notUndone(shop, 'checkout')).toMatch(LEFT);
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
    await expectStable(shop, ['checkout']);
  });

  it('still says so after the database was lost', async () => {
    const shop = await promoted();
    await configure(shop, pipelineOf({ applications: ['checkout'] }));
    await shop.rollBack('checkout', 'prod');
    await world().loseDatabase();
    await shop.rebuild();
    await shop.settle();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
    expect(await notUndone(shop, 'checkout')).toMatch(LEFT);
  });

  it('undoes what is left of it when the one that was in the lead has gone', async () => {
    const shop = await promoted();
    await configure(shop, pipelineOf({ applications: ['cart'] }));
    await shop.rollBack('cart', 'prod');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '1.0'));
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '2.0'));
    expect(await notUndone(shop, 'cart')).toContain('as part of checkout, which is not in the pipeline any more');
  });

  it('says so, and counts no approval of before, when one leaves while it waits for its people', async () => {
    const shop = await promoted({ prod: SRE.replace('required: 1', 'required: 2') });
    await shop.rollBack('checkout', 'prod');
    await shop.approve('checkout', 'prod', 'eve');
    const before = await shop.current('checkout', 'prod');
    expect(before?.candidate.notes).toEqual([]);
    await configure(shop, pipelineOf({ prod: SRE.replace('required: 1', 'required: 2'), applications: ['checkout'] }));
    const after = await shop.current('checkout', 'prod');
    expect(after?.candidate.digest).not.toBe(before?.candidate.digest);
    expect(after?.verdicts).toMatchObject([{ gate: 'emergency', outcome: 'wait', message: expect.stringContaining('0 of 2') }]);
    expect(await notUndone(shop, 'checkout')).toMatch(LEFT);
    await configure(shop, `${pipelineOf({ prod: SRE.replace('required: 1', 'required: 2') })}`);
    expect((await shop.current('checkout', 'prod'))?.candidate).toMatchObject({ notes: [], members: [{ application: 'checkout' }, { application: 'cart' }] });
    await expectStable(shop, ['checkout', 'cart']);
  });

  it('goes on with the other one when the one that it was ordered for leaves while it waits for its people', async () => {
    const shop = await promoted({ prod: SRE });
    await shop.rollBack('checkout', 'prod');
    await configure(shop, pipelineOf({ prod: SRE, applications: ['cart'] }));
    expect(await shop.current('cart', 'prod')).toMatchObject({ candidate: { kind: 'rollback' }, requester: 'ada' });
    expect(await notUndone(shop, 'cart')).toContain('as part of checkout, which is not in the pipeline any more');
    await expectStable(shop, ['cart']);
    await shop.approve('cart', 'prod', 'eve');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '1.0'));
    expect(await shop.lane('checkout', 'prod')).not.toHaveProperty('rollback');
  });

  it('goes back as one where they have only left their release set', async () => {
    const shop = await promoted();
    await configure(shop, pipelineOf());
    await shop.rollBack('checkout', 'prod');
    for (const name of ['checkout', 'cart']) {
      expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '1.0'));
      expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'held' });
    }
    await expectStable(shop, ['checkout', 'cart']);
  });

  it('undoes what another application has taken over, and holds it there', async () => {
    const shop = await promoted();
    const text = pipelineOf().replace('name: cart', 'name: basket');
    await configure(shop, text);
    expect(await shop.lane('basket', 'prod')).toMatchObject({ condition: 'in-sync' });
    await shop.rollBack('checkout', 'prod');
    for (const name of ['checkout', 'cart']) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '1.0'));
    expect((await shop.promotions('checkout', 'prod'))[0]?.candidate).toMatchObject({ notes: [], members: [{ application: 'checkout' }, { application: 'basket' }] });
    for (const name of ['checkout', 'basket']) expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'held' });
    expect((await shop.requests()).filter(({ targetBranch }) => targetBranch === 'dev')).toEqual([]);
    await expectStable(shop, ['checkout', 'basket']);
    await shop.promote('basket', 'prod');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
  });

  it('is refused where who has taken it over has been promoted since: that goes back first', async () => {
    const shop = await promoted();
    await configure(shop, pipelineOf().replace('name: cart', 'name: basket'));
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    await expect(shop.rollBack('checkout', 'prod')).rejects.toThrow(/basket has had prod-basket-\w+ since: roll that back first \(sluice rollback prod basket\)/);
    await shop.rollBack('basket', 'prod');
    await shop.rollBack('checkout', 'prod');
    for (const name of ['checkout', 'cart']) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '1.0'));
    await expectStable(shop, ['checkout', 'basket']);
  });

  it('undoes of a single application also what another one has taken over of it', async () => {
    const shop = await world().repository(branches());
    const extra = 'apps/checkout/extra/map.yaml';
    for (const value of ['b', 'c']) {
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: value }), [extra]: MAP.replace('a: b', `a: ${value}`) });
      await shop.settle();
    }
    await configure(shop, pipelineOf().replace('["apps/checkout/**"]', '["apps/checkout/deployment.yaml"]').replace('["apps/cart/**"]', '["apps/cart/**", "apps/checkout/extra/**"]'));
    await shop.rollBack('checkout', 'prod');
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', 'b'));
    expect(await shop.file('prod', extra)).toBe(MAP);
    for (const name of ['checkout', 'cart']) expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'held' });
    await expectStable(shop, ['checkout', 'cart']);
  });

  it('is refused where an object that has moved would be there twice or not at all', async () => {
    const shop = await world().repository(branches());
    for (const files of [{ [SHARED.checkout]: MAP }, { [SHARED.checkout]: null, [SHARED.cart]: MAP }]) {
      await shop.commit('dev', files);
      await shop.settle();
    }
    await configure(shop, pipelineOf({ applications: ['checkout'] }));
    await expect(shop.rollBack('checkout', 'prod')).rejects.toThrow(/ConfigMap shared goes from checkout to cart in prod-checkout-\w+, and cart is not in the pipeline any more: going back would leave it there twice/);
    expect([await shop.file('prod', SHARED.checkout), await shop.file('prod', SHARED.cart)]).toEqual([undefined, MAP]);
    await configure(shop, pipelineOf({ applications: ['cart'] }));
    await expect(shop.rollBack('cart', 'prod')).rejects.toThrow(/going back would leave it nowhere/);
    expect(await shop.file('prod', SHARED.cart)).toBe(MAP);
  });

  it('is ordered by the pipeline for those that are left, too', async () => {
    const shop = await promoted({ prod: '      rollout: { onDegraded: rollback }' });
    await shop.sync('prod');
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }), [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    await configure(shop, pipelineOf({ prod: '      rollout: { onDegraded: rollback }', applications: ['cart'] }));
    await shop.sync('prod', 'Failed');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    expect(await notUndone(shop, 'cart')).toContain('as part of checkout, which is not in the pipeline any more');
  });
});
