import { branches, CHECKOUT } from '../shop.fixture.js';
import { describeForges, EVERY_FORGE } from './describe-forges.fixture.js';
import { inQa, ship } from './promoted.fixture.js';
import type { RemoteShop } from './remote-shop.fixture.js';

type Outcome = 'running' | 'failed' | 'passed';

/** How a forge's own tests, or tools beside it, tell of a commit there. */
interface Way {
  readonly name: string;
  readonly context: string;
  /** The forge's words. */
  readonly states: Readonly<Record<Outcome, string>>;
  /** What the double keeps with it. */
  readonly extra?: (outcome: Outcome) => Readonly<Record<string, unknown>>;
}

const STATUS: Way = { name: 'a commit status', context: 'ci/test', states: { running: 'pending', failed: 'failure', passed: 'success' } };
const CHECK_RUN: Way = { name: 'a check run', context: 'test', states: { running: '', failed: 'failure', passed: 'success' }, extra: (outcome) => ({ app: 'github-actions', status: outcome === 'running' ? 'in_progress' : 'completed' }) };
const JOB: Way = { name: 'a job of a pipeline', context: 'test', states: { running: 'running', failed: 'failed', passed: 'success' }, extra: () => ({ ref: 'dev', job: true }) };
const ACTIONS: Way = { ...STATUS, name: 'a run of its actions', context: 'tests / unit (push)' };

const WAYS: Readonly<Record<string, readonly Way[]>> = {
  github: [STATUS, CHECK_RUN],
  gitlab: [JOB, { ...JOB, name: 'its pipeline as a whole', context: 'pipeline' }],
  gitea: [ACTIONS],
  forgejo: [ACTIONS],
};

async function report(shop: RemoteShop, way: Way, outcome: Outcome): Promise<void> {
  const commit = await shop.there.git.head('dev');
  if (!commit) throw new Error('dev is gone');
  const name = way.context === 'pipeline' ? 'test' : way.context;
  await shop.reportCheck({ commit, context: name, state: way.states[outcome], description: '12 tests', url: `${shop.double.url}/builds/7`, extra: way.extra?.(outcome) ?? {} });
}

describeForges('a gate that waits for a check on a forge over the network', (story) => {
  it.each(WAYS[story.kind] ?? [])('is shut and opened by $name, and why gives the evidence and a link', async (way) => {
    const there = await story.shop(branches({ qa: `      merge: manual\n      gates: [{ name: unit, type: check, context: "${way.context}" }]` }));
    // of statuses Forgejo tells nobody: they are found by looking
    const told = async (outcome: Outcome) => {
      await report(there, way, outcome);
      if (story.kind === 'forgejo') await there.later('15m');
      return (await there.why('checkout', 'qa')).flatMap(({ verdicts }) => verdicts).find(({ gate }) => gate === 'unit');
    };
    const seen = (state: string) => expect.objectContaining({ context: way.context, state, url: expect.stringMatching(/^https?:\/\/[^/]+\/.+/) as string }) as unknown;
    await ship(there, '2.0');
    expect((await there.current('checkout', 'qa'))?.verdicts).toEqual([expect.objectContaining({ outcome: 'wait', message: expect.stringContaining(`no status ${way.context} on`) as string })]);
    expect(await told('running')).toMatchObject({ outcome: 'wait', evidence: seen('pending') });
    expect(await told('failed')).toMatchObject({ outcome: 'fail', message: expect.stringContaining('failed on') as string, clearedBy: expect.stringContaining('a later success') as string, evidence: seen('failure') });
    expect(await told('passed')).toMatchObject({ outcome: 'pass', evidence: seen('success') });
    expect((await there.current('checkout', 'qa'))?.state).toBe('ready');
    expect(await told('failed')).toMatchObject({ outcome: 'fail' });
    expect((await there.current('checkout', 'qa'))?.state).toBe('open');
    expect(await there.file('qa', CHECKOUT)).toBe(inQa('1.0'));
  });
}, EVERY_FORGE);
