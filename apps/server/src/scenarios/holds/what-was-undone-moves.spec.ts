import { PlanPromotions } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { expectStable } from '../stable.fixture.js';
import type { Shop } from '../world.fixture.js';

const TWO = deployment('checkout', { tag: '2.0' });
const MOVED = 'apps/cart/checkout.yaml';
const BOTH = ['checkout', 'cart'];

// Design, "Rollback, hold, backflow, waves": while the source has the held value, the application waits.
describeWorlds('what was undone in an object that then moves', (world) => {
  async function undone(how: 'with its ledger' | 'without its ledger'): Promise<Shop> {
    const files = Object.entries(branches({ prod: '      merge: manual' })).map(([branch, own]) => [branch, branch === 'main' ? own : { ...own, 'apps/checkout/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' }]);
    const shop = await world().repository(Object.fromEntries(files));
    await shop.commit('dev', { [CHECKOUT]: TWO });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toContain('2.0');
    await shop.checkout('qa');
    if (how === 'with its ledger') {
      await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
      await shop.push('qa');
    } else await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2 }) }, { as: 'bob' });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
    return shop;
  }

  it.each(['with its ledger', 'without its ledger'] as const)('to another application stays undone, and comes where it is now when a person promotes it (undone %s)', async (how) => {
    const shop = await undone(how);
    await shop.commit('dev', { [CHECKOUT]: null, [MOVED]: TWO });
    const [planned] = await new PlanPromotions(world().ports).run({ repository: shop.id, revision: 'dev' });
    expect(planned).toMatchObject({ environment: 'qa', application: 'checkout', outcome: 'held' });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
    expect(await shop.lane('cart', 'qa')).toMatchObject({ condition: 'waiting', goesWith: 'checkout' });
    expect(await shop.file('qa', MOVED)).toBeUndefined();
    await expectStable(shop, BOTH);
    await shop.promote('cart', 'qa');
    expect(await shop.file('qa', MOVED)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    expect(await shop.file('qa', CHECKOUT)).toBeUndefined();
    await expectStable(shop, BOTH);
  });

  it.each(['with its ledger', 'without its ledger'] as const)('to another file stays undone (undone %s)', async (how) => {
    const shop = await undone(how);
    await shop.commit('dev', { [CHECKOUT]: null, 'apps/checkout/web.yaml': TWO });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
    await expectStable(shop, BOTH);
  });

  it('to another application comes when it is changed there, in one request with all', async () => {
    const shop = await undone('with its ledger');
    await shop.commit('dev', { [CHECKOUT]: null, [MOVED]: TWO });
    await shop.settle();
    expect(await shop.lane('cart', 'qa')).toMatchObject({ condition: 'waiting', goesWith: 'checkout', message: expect.stringContaining('was undone on qa by') });
    await shop.commit('dev', { [MOVED]: deployment('checkout', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
    await shop.commit('dev', { [MOVED]: deployment('checkout', { tag: '3.0', level: 'debug' }) });
    await shop.settle();
    expect(await shop.file('qa', MOVED)).toBe(deployment('checkout', { tag: '3.0', level: 'debug', replicas: 2 }));
    expect(await shop.file('qa', CHECKOUT)).toBeUndefined();
    await expectStable(shop, BOTH);
  });

  it('to another application with another value there comes: the source has decided anew', async () => {
    const shop = await undone('with its ledger');
    await shop.commit('dev', { [CHECKOUT]: null, [MOVED]: deployment('checkout', { tag: '3.0' }), [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('qa', MOVED)).toBe(deployment('checkout', { tag: '3.0', replicas: 2 }));
    expect(await shop.file('qa', CHECKOUT)).toBeUndefined();
    await expectStable(shop, BOTH);
  });
});
