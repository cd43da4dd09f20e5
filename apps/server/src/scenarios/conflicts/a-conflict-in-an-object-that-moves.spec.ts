import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { expectStable } from '../stable.fixture.js';
import type { Shop } from '../world.fixture.js';

const NAMESPACE = { 'apps/checkout/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' };
const LEVEL = 'spec.template.spec.containers[checkout].env[LOG_LEVEL].value';
const qa = (level: string, tag = '1.0'): string => deployment('checkout', { replicas: 2, level, tag });

// Design, "Compose", 5: a person resolves a conflict on the branch of its request, wherever its object is by then.
describeWorlds('a conflict in an object that the source moves', (world) => {
  async function conflicted(to: string): Promise<Shop> {
    const files = Object.entries(branches({ prod: '      merge: manual' })).map(([branch, own]) => [branch, branch === 'main' ? own : { ...own, ...NAMESPACE }]);
    const shop = await world().repository(Object.fromEntries(files));
    await shop.commit('qa', { [CHECKOUT]: qa('trace') }, { as: 'grace' });
    await shop.commit('dev', { [CHECKOUT]: null, [to]: deployment('checkout', { level: 'debug', tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    return shop;
  }

  it.each([
    ['to another file', 'apps/checkout/web.yaml'],
    ['to another application', 'apps/cart/checkout.yaml'],
  ])('%s is named there, and resolved by a push to the branch', async (_, path) => {
    const shop = await conflicted(path);
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted', conflicts: [{ path, field: LEVEL }] });
    expect(await shop.file('sluice/promote/qa/checkout', path)).toBe(qa('trace', '2.0'));
    expect(await shop.file('sluice/promote/qa/checkout', CHECKOUT)).toBeUndefined();
    await expectStable(shop, ['checkout', 'cart']);
    await shop.commit('sluice/promote/qa/checkout', { [path]: qa('warn', '2.0') }, { as: 'bob' });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
    expect(await shop.file('qa', path)).toBe(qa('warn', '2.0'));
    expect(await shop.file('qa', CHECKOUT)).toBeUndefined();
    await expectStable(shop, ['checkout', 'cart']);
  });
});
