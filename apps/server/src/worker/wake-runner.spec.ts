import { applicationName, environmentName, instant, repositoryId, Unauthenticated, Unavailable } from '@sluice/kernel';
import { createLogger, createMetrics, type Logger } from '@sluice/runtime';
import { TellRefusals, wakeKey, type ForgeMemory, type Repository, type WakeStore, type WakeTarget } from '@sluice/usecases';
import { WakeRunner } from './wake-runner.js';

const id = repositoryId('shop');
const LANE: WakeTarget = { kind: 'lane', repository: id, application: applicationName('web'), target: environmentName('qa') };
const REPOSITORY: WakeTarget = { kind: 'repository', repository: id };
const JOB = { queueName: 'lane', attemptsMade: 0, opts: { attempts: 5 } };

describe('a job that fails', () => {
  let lines: Record<string, unknown>[];
  let runner: WakeRunner;
  beforeEach(() => {
    lines = [];
    runner = runnerWith(createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) } }));
  });

  const run = (target: WakeTarget, error?: Error) => runner.run(JOB, target, () => (error ? Promise.reject(error) : Promise.resolve())).catch(() => undefined);

  it('is in the log with its cause at the first failure, not at the next, and again after it has worked', async () => {
    const down = new Unavailable('git.example.org cannot be reached');
    await run(LANE, down);
    await run(LANE, down);
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', target: wakeKey(LANE), reason: 'git.example.org cannot be reached' })]);
    await run(LANE);
    await run(LANE, down);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info', 'warn']);
  });

  it('because the forge refuses the credential is one warning with its name, whatever else fails for that', async () => {
    const revoked = new Unauthenticated('The credential for GitHub is not valid any more');
    for (const target of [LANE, REPOSITORY, LANE]) await run(target, revoked);
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', credentialName: 'work', repository: 'shop', reason: 'The credential for GitHub is not valid any more' })]);
  });
});

function runnerWith(log: Logger): WakeRunner {
  const pending = (key: string) => Promise.resolve({ key, target: LANE, revision: 1 });
  const store = { pending, settle: () => Promise.resolve(false), setTimer: () => Promise.resolve() } as unknown as WakeStore;
  const kept = new Map<string, string>();
  const memory: ForgeMemory = { get: async (key) => kept.get(key), put: async (key, value) => void kept.set(key, value), forget: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)).forEach((key) => kept.delete(key)) };
  const shop: Repository = { id, forge: 'github', remote: { credential: 'work', path: 'acme/shop' }, configBranch: 'main', createdAt: instant(0) };
  const refusals = new TellRefusals({ forges: { memory: () => memory }, repositories: { get: async () => shop }, clock: () => instant(1_000) });
  return new WakeRunner(store, { enqueue: () => Promise.resolve() }, createMetrics(), refusals, log);
}
