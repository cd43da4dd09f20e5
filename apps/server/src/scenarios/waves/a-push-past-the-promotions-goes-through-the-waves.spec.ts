import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release } from '../fleet.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { FAULT, before, running } from './running.fixture.js';

describeWorlds('waves with a push past the promotions', (world) => {
  const fleet = new Fleet(world);

  it('take files of no application as well: the canary has to run them first', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    const pushed = await shop.commit('qa', { 'README.md': 'of nobody\n' });
    await shop.settle();
    expect(await shop.assigned('qa')).toEqual({ canary: pushed, eu: before, us: before });
    await fleet.sync(shop, 'canary', 'eu', 'us');
    expect((await shop.rollout('qa')).rollout).toMatchObject({ state: 'ended', end: 'done' });
    expect((await shop.assigned('qa'))['us']).toBe(pushed);
  });

  it('take a change that somebody pushes past the promotions as well', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    const pushed = await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '1.0', replicas: 9 }) });
    await shop.settle();
    expect(await shop.assigned('qa')).toEqual({ canary: pushed, eu: before, us: before });
    expect((await shop.rollout('qa')).rollout).toMatchObject({ id: `qa-${pushed.slice(0, 12)}`, promotions: [] });
    await fleet.rollOut(shop);
    expect((await shop.rollout('qa')).rollout).toMatchObject({ state: 'ended', end: 'done' });
  });
});

describeWorlds('a batch in waves', (world) => {
  const fleet = new Fleet(world);

  it('takes a push past the promotions along, which no rollback of the batch touches', async () => {
    const shop = await fleet.released('rollback');
    await release(shop, '3.0');
    const { eu } = await shop.assigned('qa');
    const pushed = await shop.commit('qa', { [CART]: deployment('cart', { tag: 'cart-2.0', replicas: 7 }) });
    await shop.settle();
    expect((await shop.assigned('qa'))['canary']).toBe(pushed);
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    expect(await shop.file('qa', CART)).toContain('replicas: 7');
    // the others get the push by their turn: the canary has to be healthy with it
    expect((await shop.assigned('qa'))['eu']).toBe(eu);
    await fleet.rollOut(shop);
    expect((await shop.assigned('qa'))['eu']).toBe(await shop.head('qa'));
    expect(await running(shop)).toMatchObject({ state: 'ended' });
  });
});
