import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { text } from './released.fixture.js';

describeWorlds('a rollback', (world) => {
  it('leaves what was committed on the target by hand, other applications, and what the target owns', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0', { 'apps/checkout/extra.yaml': 'a: 1\n' });
    await shop.commit('qa', { [CHECKOUT]: text('2.0', { replicas: 7, level: 'debug' }), 'apps/checkout/hotfix.yaml': 'b: 1\n' });
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '9.0' }) });
    await shop.settle();
    await shop.rollBack('checkout', 'qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(text('1.0', { replicas: 7, level: 'debug' }));
    expect(await shop.file('qa', 'apps/checkout/extra.yaml')).toBeUndefined();
    expect(await shop.file('qa', 'apps/checkout/hotfix.yaml')).toBe('b: 1\n');
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '9.0', replicas: 2 }));
  });

  it('is refused, and nothing is stored, when a later change by hand is in the way', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    await shop.commit('qa', { [CHECKOUT]: text('2.0-hotfix') });
    await shop.settle();
    await expect(shop.rollBack('checkout', 'qa')).rejects.toThrow('what was changed since is in the way');
    expect(await shop.lane('checkout', 'qa')).not.toHaveProperty('rollback');
  });
});
