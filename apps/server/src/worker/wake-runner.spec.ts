import { applicationName, environmentName, Forbidden, instant, repositoryId, Unauthenticated, Unavailable } from '@sluice/kernel';
import { createLogger, createMetrics, type Logger, type Metrics } from '@sluice/runtime';
import { TellRefusals, wakeKey, type ForgeMemory, type Repository, type WakeStore, type WakeTarget } from '@sluice/usecases';
import { WakeRunner } from './wake-runner.js';

const id = repositoryId('shop');
const LANE: WakeTarget = { kind: 'lane', repository: id, application: applicationName('web'), target: environmentName('qa') };
const REPOSITORY: WakeTarget = { kind: 'repository', repository: id };
const JOB = { queueName: 'lane', attemptsMade: 0, opts: { attempts: 5 } };

describe('a job that fails', () => {
  let lines: Record<string, unknown>[];
  let runner: WakeRunner;
  let metrics: Metrics;
  beforeEach(() => {
    lines = [];
    ({ runner, metrics } = runnerWith(createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) } })));
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

  it.each([
    ['credential', new Forbidden('GitHub does not let Sluice open a pull request', { details: { refusal: 'credential' } }), /refuses a credential/],
    ['archived', new Forbidden('Repository was archived', { details: { refusal: 'archived' } }), /is archived/],
    ['gone', new Unavailable('the repository shop cannot be found', { details: { refusal: 'gone' } }), /does not show a repository/],
  ])('because of a forge says what it is, in the log and in figures: %s', async (reason, error, warning) => {
    for (const target of [REPOSITORY, LANE]) await run(target, error);
    expect(lines).toEqual([expect.objectContaining({ msg: expect.stringMatching(warning) as string, reason: error.message })]);
    expect(await metrics.registry.metrics()).toContain(`sluice_forge_refusals_total{reason="${reason}"} 2`);
  });

  it('because somebody may not do it, or an address is not asked, is about no credential', async () => {
    for (const error of [new Forbidden('you are not promoter'), new Forbidden('10.0.0.1 is at an address that this server does not ask')]) await run(LANE, error);
    expect(lines).toEqual([expect.objectContaining({ target: wakeKey(LANE), reason: 'you are not promoter' })]);
  });
});

function runnerWith(log: Logger) {
  const pending = (key: string) => Promise.resolve({ key, target: LANE, revision: 1 });
  const store = { pending, settle: () => Promise.resolve(false), setTimer: () => Promise.resolve() } as unknown as WakeStore;
  const kept = new Map<string, string>();
  const memory: ForgeMemory = { get: async (key) => kept.get(key), put: async (key, value) => void kept.set(key, value), forget: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)).forEach((key) => kept.delete(key)) };
  const shop: Repository = { id, forge: 'github', remote: { credential: 'work', path: 'acme/shop' }, configBranch: 'main', createdAt: instant(0) };
  const refusals = new TellRefusals({ forges: { memory: () => memory }, repositories: { get: async () => shop }, clock: () => instant(1_000) });
  const metrics = createMetrics();
  return { runner: new WakeRunner(store, { enqueue: () => Promise.resolve() }, metrics, { refusals, log }), metrics };
}
