import { describeWorlds } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import type { TextFiles } from '../work-tree.fixture.js';
import type { Shop } from '../world.fixture.js';
import { verdictOf } from './released.fixture.js';
import { pipeline, tag, testSteps } from './tested.fixture.js';

const COMMON = 'platform/common/map.yaml';
const map = (value: string): TextFiles => ({ [COMMON]: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: common }\ndata: { a: ${value} }\n` });
const using = (uses: string): TextFiles => ({ 'sluice.yaml': (pipeline()['sluice.yaml'] ?? '').replace('"apps/checkout/**"] }', `"apps/checkout/**"], uses: [${uses}] }`).replace('type: test, test: smoke }', 'type: test, test: smoke }\n        - { name: stop, type: manual }') });

// Design, "What is promoted": what counts on content counts on what it uses, too.
describeWorlds('what an application uses', (world) => {
  const { agentOf, runsOf, statesOf } = testSteps(world);

  async function tested(uses = '"platform/common/**"') {
    const shop = await world().repository({ ...branches(), main: using(uses) });
    const dev = await agentOf(shop).beat();
    await shop.commit('dev', { ...tag('2.0'), ...map('one') });
    await shop.settle();
    await dev.sync();
    await dev.runs(0);
    expect(await smoke(shop)).toMatchObject({ outcome: 'pass' });
    return { shop, dev };
  }

  const smoke = (shop: Shop) => verdictOf(shop);

  it('is tested anew when it is changed, by an agent that has it', async () => {
    const { shop, dev } = await tested();
    const before = await shop.current('checkout', 'qa');
    await shop.commit('dev', map('two'));
    await shop.settle();
    expect(await smoke(shop)).toMatchObject({ outcome: 'wait' });
    expect(await dev.told()).toEqual([]);
    await dev.sync();
    await dev.runs(0);
    expect(await smoke(shop)).toMatchObject({ outcome: 'pass' });
    expect(await shop.current('checkout', 'qa')).toMatchObject({ id: before?.id });
  });

  it('is tested anew when the pipeline file says that it uses something else', async () => {
    const { shop, dev } = await tested('"platform/other/**"');
    await shop.commit('main', using('"platform/common/**"'));
    await shop.settle();
    expect(await smoke(shop)).toMatchObject({ outcome: 'wait' });
    await dev.runs(0);
    expect(await smoke(shop)).toMatchObject({ outcome: 'pass' });
    expect(await statesOf(shop)).toEqual(['passed', 'passed']);
  });

  it('is not tested for what was ordered before', async () => {
    const { shop, dev } = await tested();
    await shop.commit('dev', map('two'));
    await shop.settle();
    await shop.commit('dev', map('three'));
    await shop.settle();
    await dev.sync();
    await dev.runs(0);
    expect(await dev.told()).toEqual([]);
    expect((await runsOf(shop)).map(({ state }) => state).toSorted()).toEqual(['passed', 'passed', 'replaced']);
  });

  it('leaves results alone where something else is changed', async () => {
    const { shop, dev } = await tested();
    await shop.commit('dev', { 'platform/other.yaml': 'a: 1\n' });
    await shop.settle();
    await dev.sync();
    expect(await smoke(shop)).toMatchObject({ outcome: 'pass' });
    expect(await runsOf(shop)).toHaveLength(1);
  });
});
