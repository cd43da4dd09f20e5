import { CART, CHECKOUT, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import { Fleet, release, stateOf } from './fleet.fixture.js';
import type { Shop } from './world.fixture.js';

const SRE = '\n      emergency: { required: 1, from: [group:sre] }';
const FAULT = [{ path: CHECKOUT, message: 'crash loop' }];

/** One rollout at a time: what is ready meanwhile waits, merges as one batch, and a batch that degrades is rolled back whole. */
describeWorlds('a batch in waves', (world) => {
  const fleet = new Fleet(world);
  const before = (tag: string): string => deployment('checkout', { tag, replicas: 2 });
  const running = async (shop: Shop) => (await shop.rollout('qa')).rollout;

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

  it('that degrades in the canary with another request ready is rolled back, and then the other one is merged', async () => {
    const shop = await fleet.released('rollback');
    const everywhere = await shop.assigned('qa');
    await release(shop, '3.0');
    await release(shop, 'cart-3.0');
    expect(await shop.current('cart', 'qa')).toMatchObject({ verdicts: [{ gate: 'rollout', outcome: 'wait' }] });
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    const [rollback, undone] = await shop.promotions('checkout', 'qa');
    expect([rollback?.candidate.kind, undone?.state]).toEqual(['rollback', 'rolled-back']);
    // the other one is merged now, and rolls out by itself
    expect(await shop.file('qa', CART)).toContain('cart:cart-3.0');
    const [cart] = await shop.promotions('cart', 'qa');
    expect(await running(shop)).toMatchObject({ promotions: [cart?.id] });
    const assigned = await shop.assigned('qa');
    expect(assigned['canary']).toBe(await shop.head('qa'));
    expect(assigned['eu']).not.toBe(everywhere['eu']);
    await fleet.rollOut(shop);
    expect(await stateOf(shop, 'cart')).toBe('live');
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
  });

  it('is rolled back whole: what did not fail as well, and once', async () => {
    const shop = await fleet.released('rollback');
    await release(shop, '3.0', 'cart-3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: 'cart-2.0', replicas: 2 }));
    expect(await running(shop)).toMatchObject({ state: 'ended', end: 'rolled-back' });
    expect(Object.values(await shop.assigned('qa'))).toEqual(Array(3).fill(await shop.head('qa')));
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect((await shop.promotions('checkout', 'qa')).filter(({ candidate }) => candidate.kind === 'rollback')).toHaveLength(1);
    // only a person lifts what the pipeline undid
    await release(shop, '4.0');
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held', message: expect.stringContaining('held until somebody promotes again') });
  });

  it('is rolled back when it fails in a later wave, everywhere that has it', async () => {
    const shop = await fleet.released('rollback');
    await release(shop, '3.0');
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 15, 'canary');
    await shop.syncCluster('qa', 'eu', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    expect(Object.values(await shop.assigned('qa'))).toEqual(Array(3).fill(await shop.head('qa')));
  });

  it('that was not healthy before is not rolled back for it', async () => {
    const shop = await fleet.released('rollback');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    await release(shop, '3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('3.0'));
    expect((await shop.rollout('qa')).message).toContain('checkout has Failed');
  });

  it('is paused where the pipeline says so, and goes on when it is healthy and somebody says so', async () => {
    const shop = await fleet.released('pause');
    await release(shop, '3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await running(shop)).toMatchObject({ paused: { reason: expect.stringContaining('checkout has Failed: apps/checkout/deployment.yaml: crash loop') } });
    expect(await shop.file('qa', CHECKOUT)).toBe(before('3.0'));
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 60, 'canary');
    expect(await running(shop)).toMatchObject({ wave: 0 });
    await shop.controlRollout('continue', 'qa');
    expect((await shop.assigned('qa'))['eu']).toBe(await shop.head('qa'));
  });

  it('is only reported where nothing is said, and held until it is healthy', async () => {
    const shop = await fleet.released('report');
    await release(shop, '3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    await fleet.pass(shop, 60);
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await running(shop)).toMatchObject({ state: 'running', wave: 0 });
    expect(await stateOf(shop, 'checkout')).toBe('degraded');
    await fleet.rollOut(shop);
    expect(await stateOf(shop, 'checkout')).toBe('live');
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

  it('takes an emergency along, from the first wave, and nobody jumps the waves by it', async () => {
    const shop = await fleet.released('report', SRE);
    await release(shop, '3.0');
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 15, 'canary');
    const inTwo = await shop.assigned('qa');
    expect(await running(shop)).toMatchObject({ wave: 1 });
    await release(shop, 'cart-3.0');
    await shop.override('cart', 'qa', 'rollout', 'eve');
    expect(await shop.file('qa', CART)).toContain('cart:cart-3.0');
    const merged = await shop.head('qa');
    expect(await shop.assigned('qa')).toEqual({ ...inTwo, canary: merged });
    expect(await running(shop)).toMatchObject({ wave: 0, promotions: [expect.any(String), expect.any(String)] });
    await fleet.rollOut(shop);
    expect([await stateOf(shop, 'checkout'), await stateOf(shop, 'cart')]).toEqual(['live', 'live']);
  });

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
