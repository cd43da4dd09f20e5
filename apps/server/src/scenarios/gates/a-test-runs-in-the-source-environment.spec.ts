import { applicationName, environmentName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn, diamond, diamondPipeline } from '../diamond.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { TestingAgent } from '../testing-agent.fixture.js';
import { expectArrived, expectWaiting, verdictOf } from './released.fixture.js';
import { FAILED, GATE, pipeline, tag, testSteps, tests } from './tested.fixture.js';

describeBothWorlds('a test in the source environment', (world) => {
  const { released, shopWithTest, runsOf, agentOf } = testSteps(world);

  it('lets the promotion through when it has passed there', async () => {
    const { shop, dev } = await released();
    expect(await verdictOf(shop)).toMatchObject({ gate: 'smoke', outcome: 'wait', message: `smoke is handed to ${shop.id}-dev` });
    const order = await dev.take();
    expect(order.paths).toEqual([CHECKOUT]);
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/^smoke runs on shop-\d+-dev since \d\d:\d\d:\d\dZ, for at most 2m$/) });
    await expectWaiting(shop);
    await dev.says(order, { outcome: 'exited', exitCode: 0, duration: 3_000, message: '', output: 'all well' });
    await expectArrived(shop);
    const [promotion] = await shop.promotions('checkout', 'qa');
    expect(promotion?.verdicts).toMatchObject([{ outcome: 'pass', message: `smoke passed on cluster ${shop.id}-dev in 3s` }]);
  });

  it('stops it when it has failed, says its last lines and links its output; the next content is tested anew', async () => {
    const { shop, dev } = await released();
    const { run } = await dev.runs(1, FAILED);
    await expectWaiting(shop);
    expect(await verdictOf(shop)).toMatchObject({
      outcome: 'fail',
      message: `smoke failed on cluster ${shop.id}-dev: exit code 1 after 3s: starting / GET /health / HTTP 503`,
      clearedBy: expect.stringContaining('`sluice tests run checkout dev`'),
      evidence: { run: run.id, url: `http://127.0.0.1:1/api/v1/repositories/${shop.id}/test-runs/${run.id}/log` },
    });
    expect(await world().ports.testRuns.output(shop.id, run.id)).toBe(FAILED);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.1' }) });
    await shop.settle();
    await dev.sync();
    await dev.runs(0);
    expect(await shop.file('qa', CHECKOUT)).toContain(':2.1');
  });

  it.each([
    ['takes too long', { outcome: 'timed-out' }, 'ended since it took longer than 2m'],
    ['cannot be started', { outcome: 'not-started', message: 'there is no ./smoke.sh' }, 'could not be started: there is no ./smoke.sh'],
  ] as const)('fails when it %s', async (_, end, message) => {
    const { shop, dev } = await released();
    await dev.says(await dev.take(), { duration: 0, message: '', output: '', ...end });
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', message: `smoke failed on cluster ${shop.id}-dev: ${message}` });
  });

  it('is not run before its content is live', async () => {
    const { shop, dev } = await shopWithTest();
    await dev.sync();
    await shop.commit('dev', tag('2.0'));
    await shop.settle();
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('is not live in') });
    expect(await dev.told()).toEqual([]);
    const [ordered] = await runsOf(shop);
    await expect(dev.take(ordered?.id)).rejects.toThrow('is not live on');
    await dev.sync();
    expect(await dev.told()).toHaveLength(1);
  });

  it('is ordered by no plan', async () => {
    const shop = await world().repository({ ...branches(), main: pipeline() });
    const dev = agentOf(shop);
    await dev.beat();
    const revision = await shop.commit('dev', tag('2.0'));
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, revision, application: applicationName('checkout'), environment: environmentName('qa') });
    expect(items[0]?.gates).toMatchObject([{ gate: 'smoke', outcome: 'wait' }]);
    expect(await runsOf(shop)).toEqual([]);
  });

  it('is run in each of several sources that must all have had the content live', async () => {
    const file = diamondPipeline({ prod: GATE });
    const shop = await world().repository({ ...diamond(), main: { 'sluice.yaml': `${file}${tests()}` } });
    const agents = [];
    for (const environment of ['qa', 'perf']) {
      const agent = await new TestingAgent(shop, world().ports, environment).beat();
      await agent.sync();
      agents.push(agent);
    }
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', { tag: '2.0' }) });
    await shop.settle();
    for (const agent of agents) await agent.sync();
    const [qa, perf] = agents as [TestingAgent, TestingAgent];
    await qa.runs(0);
    expect(await shop.file('prod', CHECKOUT)).toContain(':1.0');
    await perf.runs(0);
    expect(await shop.file('prod', CHECKOUT)).toContain(':2.0');
  });
});
