import { Conflict, Unavailable, commitSha } from '@sluice/kernel';
import { MemoryState } from './memory.fixture.js';
import type { PreparedTest, RunInHand } from './ports/test-driver.js';
import { Remembered } from './remembered.js';
import { RunTests } from './run-tests.js';
import type { TestOrder, TestOutcome, TestResult } from './test-order.js';

const [OLD, CURRENT, FOREIGN] = ['a', 'b', 'c'].map((digit) => commitSha(digit.repeat(40))) as [TestOrder['commit'], TestOrder['commit'], TestOrder['commit']];
const SMOKE = { name: 'smoke', command: ['./smoke.sh'] };
const PASSED: TestOutcome = { outcome: 'exited', exitCode: 0, durationMs: 7, message: '', output: 'ok' };

function setUp(hand?: RunInHand) {
  const seen = { run: [] as PreparedTest[], cleared: [] as string[], results: [] as (TestResult & { run: string })[], taken: [] as string[] };
  const state = { whenTold: () => undefined as void, down: false, refuse: false, order: { run: 'r', take: 1, application: 'checkout', environment: 'dev', commit: CURRENT, paths: ['a', 'b'], test: { ...SMOKE, timeoutMs: 1_000 } } as TestOrder, hand };
  const file = (path: string) => ({ path, mode: '100644', sha: path, read: async () => new Uint8Array() });
  const make = () =>
    new RunTests({
      control: {
        takeTest: async (run) => {
          if (state.down) throw new Unavailable('down');
          if (state.refuse) throw new Conflict('somebody has it');
          seen.taken.push(run);
          return { ...state.order, run };
        },
        testResult: async (run, result) => {
          if (state.down) throw new Unavailable('down');
          if (state.refuse) throw new Conflict('not yours');
          seen.results.push({ ...result, run });
          if (result.outcome === 'lost') state.whenTold();
        },
      },
      source: { files: async () => ['a', 'b', 'foreign'].map(file), onFirstParent: async (_, commit) => commit === OLD },
      remembered: new Remembered(new MemoryState({ current: CURRENT })),
      driver: {
        run: async (test) => {
          seen.run.push(test);
          return PASSED;
        },
        clear: async (run) => void seen.cleared.push(run),
      },
      journal: { readRun: async () => state.hand, writeRun: async (next) => void (state.hand = next) },
      allowed: [SMOKE],
    });
  return { seen, state, make, tests: make(), signal: new AbortController().signal };
}

describe('an agent that is to run a test', () => {
  it('takes it, runs it on the files of the application, and says what came of it, once', async () => {
    const { tests, seen, state, signal } = setUp();
    tests.offer('r');
    tests.offer('r');
    await tests.work(signal);
    await tests.work(signal);
    expect(seen.run.map(({ files }) => files.map(({ path }) => path))).toEqual([['a', 'b']]);
    expect(seen.results).toEqual([{ ...PASSED, run: 'r', take: 1 }]);
    expect(state.hand).toBeUndefined();
  });

  it.each<[string, Partial<TestOrder['test']>]>([
    ['another command', { command: ['./smoke.sh', '--all'] }],
    ['another name', { name: 'load' }],
  ])('runs nothing that this machine does not allow: %s', async (_, test) => {
    const { tests, seen, state, signal } = setUp();
    state.order = { ...state.order, test: { ...state.order.test, ...test } };
    tests.offer('r');
    await tests.work(signal);
    expect(seen.run).toEqual([]);
    expect(seen.results).toMatchObject([{ outcome: 'refused', take: 1 }]);
  });

  it('runs it on what it has found on its branch by itself, and on nothing else', async () => {
    const { tests, seen, state, signal } = setUp();
    for (const commit of [OLD, FOREIGN]) {
      state.order = { ...state.order, commit };
      tests.offer(commit);
      await tests.work(signal);
    }
    expect(seen.run.map(({ order }) => order.commit)).toEqual([OLD]);
    expect(seen.results.at(-1)).toMatchObject({ outcome: 'unprepared', message: expect.stringContaining('is not what this agent runs') });
  });

  it('leaves what somebody else has', async () => {
    const { tests, seen, state, signal } = setUp();
    state.refuse = true;
    tests.offer('r');
    await tests.work(signal);
    expect([seen.run, seen.results]).toEqual([[], []]);
  });

  it('takes it later when the server is away, and owes the result until it is back', async () => {
    const { tests, seen, state, signal } = setUp();
    state.down = true;
    tests.offer('r');
    await expect(tests.work(signal)).rejects.toThrow('down');
    state.down = false;
    await tests.work(signal);
    expect(seen.results).toHaveLength(1);
  });

  it('says after a restart what the server has not taken yet', async () => {
    const { make, seen, signal } = setUp({ run: 'r', take: 2, result: { ...PASSED, take: 2 } });
    await make().work(signal);
    expect([seen.cleared, seen.run]).toEqual([[], []]);
    expect(seen.results).toEqual([{ ...PASSED, run: 'r', take: 2 }]);
  });

  it('ends after a restart what was half run, and says that it was lost', async () => {
    const { make, seen, state, signal } = setUp({ run: 'r', take: 2 });
    await make().work(signal);
    expect(seen.cleared).toEqual(['r']);
    expect(seen.results).toMatchObject([{ run: 'r', take: 2, outcome: 'lost' }]);
    expect(state.hand).toBeUndefined();
  });

  it('runs again what it has lost, also when the server wants it before its answer is here', async () => {
    const { seen, state, signal, make } = setUp({ run: 'r', take: 1 });
    state.order = { ...state.order, take: 2 };
    const tests = make();
    state.whenTold = () => tests.offer('r');
    await tests.work(signal);
    expect(seen.results).toMatchObject([{ outcome: 'lost', take: 1 }, { outcome: 'exited', take: 2 }]);
  });

  it('forgets a result that the server does not want', async () => {
    const { make, seen, state, signal } = setUp({ run: 'r', take: 2, result: { ...PASSED, take: 2 } });
    state.refuse = true;
    await make().work(signal);
    expect([seen.results, state.hand]).toEqual([[], undefined]);
  });
});
