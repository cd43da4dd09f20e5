import { applicationName, environmentName } from '@sluice/kernel';
import { ReadWhy } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { MANUAL, TWO, cartIsIn, ordered, waits } from './cart-after-checkout.fixture.js';

describeWorlds('an application that comes after one in conflict or held', (world) => {
  it('shows the conflict of the other as its reason, and goes when that is settled', async () => {
    const shop = await world().repository(ordered());
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2, level: 'trace' }) }, { as: 'bob' });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { level: 'debug' }), [CART]: deployment('cart', TWO) });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted' });
    expect(await waits(shop)).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/^checkout goes first: it is conflicted: .* cannot be composed onto qa/) });
    const { ports } = world();
    const { items } = await new ReadWhy(ports, ports.clock).run({ repository: shop.id, application: applicationName('cart'), environment: environmentName('qa') });
    expect(items).toMatchObject([{ message: 'waits for after', verdicts: [{ gate: 'after', message: expect.stringContaining('conflicted') }] }]);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { level: 'trace' }) });
    await shop.settle();
    expect(await cartIsIn(shop, 'qa')).toBe(true);
  });

  it('shows the hold of the other as its reason, and goes when somebody lifts it', async () => {
    const shop = await world().repository(ordered({ prod: MANUAL }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('qa');
    await shop.commit('dev', { [CART]: deployment('cart', TWO) });
    await shop.settle();
    expect(await waits(shop)).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/^checkout goes first: it is held: .* was undone on qa/) });
    await shop.promote('checkout', 'qa');
    expect(await cartIsIn(shop, 'qa')).toBe(true);
  });
});
