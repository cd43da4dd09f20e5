import { describeWorlds } from './describe-worlds.fixture.js';
import { Fleet, inWaves, release, stateOf } from './fleet.fixture.js';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { TestingAgent } from './testing-agent.fixture.js';
import type { Shop } from './world.fixture.js';

const SET = '  releaseSets:\n    - { name: shop-release, applications: [cart, checkout], environments: [qa] }\n';
const TESTED = '\n      gates: [{ name: smoke, type: test, test: smoke }]';
const TESTS = '  tests:\n    smoke: { command: ["./smoke.sh"], timeout: 2m }\n';

// What is promoted together is tested, rolled out and undone together.
describeWorlds('a release set', (world) => {
  const fleet = new Fleet(world);
  const sources = (qa: string, more = ''): Promise<Shop> => world().repository({ ...branches({ qa, prod: '      merge: manual' }), main: { 'sluice.yaml': `${branches({ qa, prod: '      merge: manual' })['main']?.['sluice.yaml'] ?? ''}${SET}${more}` } });
  const inQa = (name: string, tag: string): string => deployment(name, { tag, replicas: 2 });

  async function releasedOnce(onDegraded: string): Promise<Shop> {
    const shop = await sources(inWaves(onDegraded));
    await shop.enrol('qa', 'canary', { canary: 'true' });
    for (const name of ['eu', 'us']) await shop.enrol('qa', name);
    await fleet.sync(shop, 'canary', 'eu', 'us');
    await release(shop, '2.0', 'cart-2.0');
    await fleet.rollOut(shop);
    expect([await stateOf(shop, 'checkout'), await stateOf(shop, 'cart')]).toEqual(['live', 'live']);
    return shop;
  }

  it('goes through the waves as one promotion, and is live when the last cluster has both', async () => {
    const shop = await releasedOnce('report');
    await release(shop, '3.0', 'cart-3.0');
    await fleet.sync(shop, 'canary');
    expect((await shop.rollout('qa')).promotions).toHaveLength(1);
    expect(await stateOf(shop, 'cart')).toBe('rolling-out');
    await fleet.pass(shop, 15, 'canary', 'eu');
    expect(await stateOf(shop, 'checkout')).toBe('rolling-out');
    await fleet.sync(shop, 'us');
    expect([await stateOf(shop, 'checkout'), await stateOf(shop, 'cart')]).toEqual(['live', 'live']);
  });

  it('goes back whole when one of its applications fails in the canary', async () => {
    const shop = await releasedOnce('rollback');
    await release(shop, '3.0', 'cart-3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', [{ path: CART, message: 'no such image' }]);
    expect(await shop.file('qa', CHECKOUT)).toBe(inQa('checkout', '2.0'));
    expect(await shop.file('qa', CART)).toBe(inQa('cart', 'cart-2.0'));
    expect((await shop.rollout('qa')).rollout).toMatchObject({ state: 'ended', end: 'rolled-back' });
    expect((await shop.why('checkout', 'qa')).map(({ message }) => message).join()).toContain('was undone on qa');
  });

  it('is not rolled back in part while it rolls out: naming one of them takes both', async () => {
    const shop = await releasedOnce('report');
    await release(shop, '3.0', 'cart-3.0');
    await fleet.sync(shop, 'canary');
    expect(await shop.rollBack('cart', 'qa')).toHaveLength(1);
    expect(await shop.file('qa', CHECKOUT)).toBe(inQa('checkout', '2.0'));
    expect(await shop.file('qa', CART)).toBe(inQa('cart', 'cart-2.0'));
  });

  it('waits until the test has passed for each of its applications', async () => {
    const shop = await sources(TESTED, TESTS);
    const agent = await new TestingAgent(shop, world().ports, 'dev').beat();
    await agent.sync();
    await release(shop, '2.0', 'cart-2.0');
    await agent.sync();
    const smoke = async () => (await shop.current('checkout', 'qa'))?.verdicts.find(({ gate }) => gate === 'smoke');
    expect(await smoke()).toMatchObject({ outcome: 'wait', evidence: { checkout: 'wait', cart: 'wait' } });
    await agent.runs(0);
    expect(await smoke()).toMatchObject({ outcome: 'wait' });
    await agent.runs(1, 'HTTP 503\n');
    expect(await smoke()).toMatchObject({ outcome: 'fail', message: expect.stringContaining('HTTP 503') });
    expect(await shop.file('qa', CHECKOUT)).toBe(inQa('checkout', '1.0'));
    await release(shop, '2.0', 'cart-2.1');
    await agent.sync();
    for (let left = (await agent.told()).length; left > 0; left = (await agent.told()).length) await agent.runs(0);
    expect(await shop.file('qa', CHECKOUT)).toBe(inQa('checkout', '2.0'));
    expect(await shop.file('qa', CART)).toBe(inQa('cart', 'cart-2.1'));
  });
});
