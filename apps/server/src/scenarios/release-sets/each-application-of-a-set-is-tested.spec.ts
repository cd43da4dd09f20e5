import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../fleet.fixture.js';
import { CART, CHECKOUT } from '../shop.fixture.js';
import { TestingAgent } from '../testing-agent.fixture.js';
import { inQa, setInWavesSteps } from './set-in-waves.fixture.js';

const TESTED = '\n      gates: [{ name: smoke, type: test, test: smoke }]';
const TESTS = '  tests:\n    smoke: { command: ["./smoke.sh"], timeout: 2m }\n';

describeWorlds('a release set with a test in its source environment', (world) => {
  const { sources } = setInWavesSteps(world);

  it('waits until the test has passed for each of its applications', async () => {
    const shop = await sources(TESTED, TESTS);
    const agent = await new TestingAgent(shop, world().ports, 'dev').beat();
    await agent.sync();
    await release(shop, '2.0', 'cart-2.0');
    await agent.sync();
    const smoke = async () => (await shop.current('checkout', 'qa'))?.verdicts.find(({ gate }) => gate === 'smoke');
    expect(await smoke()).toMatchObject({ outcome: 'wait', evidence: { checkout: 'wait', cart: 'wait' } });
    const orders = await agent.takeAll();
    await agent.ends(orders.get('checkout'), 0);
    expect(await smoke()).toMatchObject({ outcome: 'wait' });
    await agent.ends(orders.get('cart'), 1, 'HTTP 503\n');
    expect(await smoke()).toMatchObject({ outcome: 'fail', message: expect.stringContaining('HTTP 503') });
    expect(await shop.file('qa', CHECKOUT)).toBe(inQa('checkout', '1.0'));
    await release(shop, '2.0', 'cart-2.1');
    await agent.sync();
    for (let left = (await agent.told()).length; left > 0; left = (await agent.told()).length) await agent.runs(0);
    expect(await shop.file('qa', CHECKOUT)).toBe(inQa('checkout', '2.0'));
    expect(await shop.file('qa', CART)).toBe(inQa('cart', 'cart-2.1'));
  });
});
