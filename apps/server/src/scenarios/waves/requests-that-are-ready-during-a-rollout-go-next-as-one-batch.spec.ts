import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release, stateOf } from '../fleet.fixture.js';
import { CART, CHECKOUT } from '../shop.fixture.js';
import { running } from './running.fixture.js';

describeWorlds('a batch of requests that are ready together', (world) => {
  const fleet = new Fleet(world);

  it('is what is ready at the same time: it goes out together', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0', 'cart-2.0');
    expect(await shop.file('qa', CART)).toContain('cart:cart-2.0');
    expect((await running(shop))?.promotions).toHaveLength(2);
    expect((await shop.assigned('qa'))['canary']).toBe(await shop.head('qa'));
    await fleet.rollOut(shop);
    expect([await stateOf(shop, 'checkout'), await stateOf(shop, 'cart')]).toEqual(['live', 'live']);
  });

  it('has the next one wait for it, which says so, and is then merged together', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0');
    const first = (await running(shop))?.id;
    await fleet.sync(shop, 'canary');
    await release(shop, '3.0', 'cart-3.0');
    const waiting = await shop.current('cart', 'qa');
    expect(waiting?.verdicts).toEqual([expect.objectContaining({ gate: 'rollout', type: 'rollout', outcome: 'wait', message: expect.stringContaining(`rollout ${first}, wave 1 of 2, until`) })]);
    const request = (await shop.requests()).find(({ number }) => number === waiting?.change?.number);
    expect(request?.body.replaceAll('\\', '')).toContain(`| rollout | ⏳ wait | rollout ${first}, wave 1 of 2, until`);
    expect((await world().forge.statuses.list(shop.id, request!.head)).find(({ context }) => context === 'sluice/rollout')).toMatchObject({ state: 'pending', description: expect.stringContaining(`rollout ${first}`) });
    expect((await shop.why('cart', 'qa')).flatMap(({ verdicts }) => verdicts.map(({ gate }) => gate))).toContain('rollout');
    await fleet.pass(shop, 15, 'canary', 'eu', 'us');
    expect(await shop.file('qa', CART)).toContain('cart:cart-3.0');
    expect(await shop.file('qa', CHECKOUT)).toContain('checkout:3.0');
    const second = await running(shop);
    expect(second).toMatchObject({ state: 'running', wave: 0 });
    expect(second?.promotions).toHaveLength(2);
    await fleet.rollOut(shop);
    expect([await stateOf(shop, 'checkout'), await stateOf(shop, 'cart')]).toEqual(['live', 'live']);
  });

  it('is passed by records alone, which change nothing that runs', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0');
    const first = await shop.assigned('qa');
    // cart comes to dev as qa has it already
    await shop.commit('qa', { 'apps/cart/new.yaml': 'a: 1\n' });
    await shop.settle();
    await fleet.rollOut(shop);
    await release(shop, '3.0');
    const { eu, canary } = await shop.assigned('qa');
    expect(eu).not.toBe(first['eu']);
    await shop.commit('dev', { 'apps/cart/new.yaml': 'a: 1\n' });
    await shop.settle();
    expect((await shop.promotions('cart', 'qa'))[0]).toMatchObject({ state: 'live', candidate: { kind: 'record-only' } });
    const after = await shop.assigned('qa');
    expect(after['eu']).toBe(eu);
    expect(after['canary']).not.toBe(canary);
    expect(await running(shop)).toMatchObject({ wave: 0, state: 'running' });
  });
});
