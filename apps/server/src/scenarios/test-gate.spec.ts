import { applicationName, environmentName, instant, personName } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import { PlanPromotions, RunTestsAgain } from '@sluice/usecases';
import type { TestRun } from '@sluice/usecases';
import { describeBothWorlds } from './describe-worlds.fixture.js';
import { checkoutIn, diamond, diamondPipeline } from './diamond.fixture.js';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { SMOKE, TestingAgent } from './testing-agent.fixture.js';
import type { TextFiles } from './work-tree.fixture.js';
import type { Shop } from './world.fixture.js';

const GATE = '      gates:\n        - { name: smoke, type: test, test: smoke }\n';
const tests = (definition = '{ command: ["./smoke.sh"], timeout: 2m }'): string => `  tests:\n    smoke: ${definition}\n`;
const tag = (version: string): TextFiles => ({ [CHECKOUT]: deployment('checkout', { tag: version }) });
const FAILED = 'starting\nGET /health\nHTTP 503\n';

function pipeline(definition?: string): TextFiles {
  const file = branches({ qa: GATE })['main']?.['sluice.yaml'] ?? '';
  return { 'sluice.yaml': `${file}${tests(definition)}` };
}

describeBothWorlds('a test in the source environment', (world) => {
  /** A shop whose qa asks for a smoke test in dev, with an agent in dev that allows it. */
  async function shopWithTest(): Promise<{ readonly shop: Shop; readonly dev: TestingAgent }> {
    const shop = await world().repository({ ...branches(), main: pipeline() });
    return { shop, dev: await agentOf(shop).beat() };
  }
  /** The same, with a release of checkout that is live in dev. */
  async function released(): Promise<{ readonly shop: Shop; readonly dev: TestingAgent }> {
    const { shop, dev } = await shopWithTest();
    await shop.commit('dev', tag('2.0'));
    await shop.settle();
    await dev.sync();
    return { shop, dev };
  }
  const agentOf = (shop: Shop, name?: string): TestingAgent => new TestingAgent(shop, world().ports, 'dev', name && `${shop.id}-${name}`);
  const verdictOf = async (shop: Shop): Promise<Verdict | undefined> => (await shop.current('checkout', 'qa'))?.verdicts[0];
  const runsOf = (shop: Shop): Promise<readonly TestRun[]> => world().ports.testRuns.list({ repository: shop.id, limit: 100 });
  const statesOf = async (shop: Shop): Promise<readonly string[]> => (await runsOf(shop)).map(({ state }) => state);
  const again = (shop: Shop, person: string): Promise<readonly TestRun[]> =>
    new RunTestsAgain(world().ports).run({ repository: shop.id, application: applicationName('checkout'), environment: environmentName('dev'), reason: 'the network was away', person: personName(person) });
  const expectArrived = async (shop: Shop): Promise<void> => expect(await shop.file('qa', CHECKOUT)).toContain(':2.0');
  const expectWaiting = async (shop: Shop): Promise<void> => expect(await shop.file('qa', CHECKOUT)).toContain(':1.0');

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

  it('is run by nobody whose machine does not allow it, and says who can change that', async () => {
    const { shop, dev } = await released();
    await dev.beat([{ name: 'smoke', command: ['./other.sh'] }]);
    expect(await verdictOf(shop)).toMatchObject({
      outcome: 'wait',
      message: `agent ${shop.id}-dev does not allow it: put smoke=["./smoke.sh"] into the allow-list`,
      clearedBy: expect.stringContaining(`whoever runs the machine of ${shop.id}-dev`),
    });
    expect(await dev.told()).toEqual([]);
    expect((await shop.why('checkout', 'qa'))[0]?.verdicts[0]?.message).toContain('does not allow it');
    await dev.beat();
    await dev.runs(0);
    await expectArrived(shop);
  });

  it('that a machine refuses after all is nobody’s until it says again that it allows it', async () => {
    const { shop, dev } = await released();
    await dev.says(await dev.take(), { outcome: 'refused' });
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('does not allow it') });
    await dev.beat();
    expect(await dev.told()).toHaveLength(1);
  });

  it('is not asked of an agent of a version that does not know tests', async () => {
    const { shop, dev } = await released();
    await dev.beat(null);
    expect(await dev.told()).toEqual([]);
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: `no agent knows tests: ${shop.id}-dev is of an older version, or has not been heard of yet` });
  });

  it('is taken over from an agent that has not come back, whose word does not count any more', async () => {
    const { shop, dev } = await released();
    const second = await agentOf(shop, 'dev-second').beat();
    await second.sync();
    const lost = await dev.take();
    expect(await second.told()).toEqual([]);
    await expect(second.take(lost.run.id)).rejects.toThrow('is run by');
    // its time is over
    const running = (await runsOf(shop))[0] as TestRun;
    await world().ports.testRuns.save({ ...running, leaseUntil: instant(Date.now() - 1) });
    const order = await second.take(lost.run.id);
    expect(order.run).toMatchObject({ id: lost.run.id, take: 2, lost: 1 });
    await expect(dev.says(lost, { outcome: 'exited', exitCode: 1, duration: 1, message: '', output: '' })).rejects.toThrow('does not count');
    expect(await statesOf(shop)).toEqual(['running']);
  });

  it('is taken again by an agent that did not hear that it has it', async () => {
    const { dev } = await released();
    const unheard = await dev.take();
    const order = await dev.runs(0);
    expect(order.run).toMatchObject({ id: unheard.run.id, take: 2, lost: 0 });
    await expect(dev.says(unheard, { outcome: 'lost' })).rejects.toThrow('does not count');
  });

  it('is had again when its agent was started anew in between; one that loses agent after agent has failed', async () => {
    const { shop, dev } = await released();
    for (const lost of [1, 2]) {
      await dev.says(await dev.take(), { outcome: 'lost' });
      expect((await runsOf(shop))[0]).toMatchObject({ state: 'ordered', lost });
    }
    await dev.says(await dev.take(), { outcome: 'lost' });
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', message: expect.stringContaining('3 agents were lost while they ran it') });
  });

  it('of a revoked agent goes to another', async () => {
    const { shop, dev } = await released();
    const second = await agentOf(shop, 'dev-second').beat();
    await second.sync();
    await dev.take();
    await dev.revoke();
    await second.runs(0);
    await expectArrived(shop);
  });

  it('takes a result once, and only for the run that it is about', async () => {
    const { shop, dev } = await released();
    const order = await dev.runs(1);
    await dev.says(order, { outcome: 'exited', exitCode: 0, duration: 1, message: '', output: 'late' });
    expect(await statesOf(shop)).toEqual(['failed']);
    await expect(dev.says({ ...order, run: { ...order.run, take: 7 } }, { outcome: 'lost' })).rejects.toThrow('does not count');
    await expect(dev.says({ ...order, run: { ...order.run, id: 'another' } }, { outcome: 'lost' })).rejects.toThrow('there is no run another');
  });

  it('is not run on content that was replaced first, and says so', async () => {
    const { shop, dev } = await released();
    await shop.commit('dev', tag('3.0'));
    await shop.settle();
    await dev.sync();
    expect(await statesOf(shop)).toEqual(['ordered', 'replaced']);
    expect((await runsOf(shop))[1]?.message).toBe('dev got other content before it was run');
    expect((await dev.told()).map(({ run }) => run)).toEqual([(await runsOf(shop))[0]?.id]);
    expect((await shop.promotions('checkout', 'qa'))[1]?.timeline.at(-1)?.detail).toContain('in the source before its gates had passed');
  });

  it('says nothing about content that was replaced while it ran', async () => {
    const { shop, dev } = await released();
    const order = await dev.take();
    await shop.commit('dev', tag('3.0'));
    await shop.settle();
    await dev.sync();
    await dev.says(order, { outcome: 'exited', exitCode: 0, duration: 1, message: '', output: '' });
    expect((await runsOf(shop)).find(({ id }) => id === order.run.id)).toMatchObject({ state: 'replaced', message: `dev got other content on ${shop.id}-dev while it ran` });
    await expectWaiting(shop);
  });

  it('is run again by a person when it has failed, and not when it has passed', async () => {
    const { shop, dev } = await released();
    await dev.runs(1, FAILED);
    expect(await again(shop, 'ada')).toMatchObject([{ state: 'ordered', number: 2, orderedBy: 'ada' }]);
    await shop.settle();
    await expect(again(shop, 'ada')).rejects.toThrow('nothing to run again: smoke is ordered');
    await dev.runs(0);
    await expectArrived(shop);
    await expect(again(shop, 'ada')).rejects.toThrow('nothing to run again: smoke is passed');
  });

  it('is run again only for people who may promote', async () => {
    const { shop, dev } = await released();
    await dev.runs(1);
    const { 'sluice.yaml': text } = pipeline();
    await shop.commit('main', { 'sluice.yaml': `${text ?? ''}  roles:\n    - { role: promoter, who: ["person:bob"] }\n` });
    await shop.settle();
    await expect(again(shop, 'ada')).rejects.toThrow('only a promoter of checkout');
    expect(await again(shop, 'bob')).toHaveLength(1);
  });

  it('is not run twice on the same content', async () => {
    const { shop, dev } = await released();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '9.0' }) });
    await shop.settle();
    await dev.sync();
    const checkout = (await runsOf(shop)).filter(({ application }) => application === 'checkout');
    expect(checkout).toHaveLength(1);
    const order = await dev.take(checkout[0]?.id);
    await dev.says(order, { outcome: 'exited', exitCode: 1, duration: 1, message: '', output: '' });
    // taken back, and there again as another commit
    await shop.commit('dev', tag('1.0'));
    await shop.settle();
    await dev.sync();
    await shop.commit('dev', tag('2.0'));
    await shop.settle();
    await dev.sync();
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', evidence: { run: order.run.id } });
  });

  it('is run anew when it is another test', async () => {
    const { shop, dev } = await released();
    await dev.runs(1);
    await shop.commit('main', pipeline('{ command: ["./smoke.sh", "--patient"] }'));
    await shop.settle();
    await dev.beat([SMOKE, { name: 'smoke', command: ['./smoke.sh', '--patient'] }]);
    expect((await dev.take()).run.test.command).toEqual(['./smoke.sh', '--patient']);
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
