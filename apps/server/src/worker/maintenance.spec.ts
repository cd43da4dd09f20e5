import { instant, repositoryId, type Instant } from '@sluice/kernel';
import { createLogger } from '@sluice/runtime';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';
import { Maintenance } from './maintenance.js';

const MINUTE = 60_000;

describe('the sweep', () => {
  let server: TestServer;
  let now: number;
  let swept: string[];
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    await server.ports.repositories.add({ id: repositoryId('here'), forge: 'builtin', configBranch: 'main', createdAt: instant(0) });
    await server.ports.repositories.add({ id: repositoryId('there'), forge: 'github', configBranch: 'main', createdAt: instant(0), remote: { credential: 'work', path: 'acme/there' } });
  }, START_TIMEOUT);
  beforeEach(() => {
    now = Date.now();
    swept = [];
  });
  afterAll(() => server.stop());

  /** What a worker process does by itself; its timers are only noted. */
  function worker(): Maintenance {
    const { repositories, memory } = server.ports;
    const wakes = { wake: async () => undefined, wakeAt: async (_id: string, target: { readonly kind: string; readonly repository: string }, at: Instant) => void swept.push(`${target.repository} within ${Math.ceil((at - now) / 1_000)} s`) };
    return new Maintenance({ repositories, memory, wakes, clock: () => instant(now), upkeep: {} }, { sweepInterval: 30_000, remoteSweepInterval: 5 * MINUTE, log: createLogger({ name: 'test', level: 'silent' }), audit: { run: async () => undefined } });
  }

  it('looks at repositories of others at most twelve times an hour, however many workers there are', async () => {
    const workers = [worker(), worker(), worker()];
    for (let seconds = 0; seconds < 3_600; seconds += 30) {
      now += 30_000;
      for (const one of workers) await one.run();
    }
    const of = (name: string): number => swept.filter((text) => text.startsWith(`${name} `)).length;
    expect(of('there')).toBe(12);
    expect(of('here')).toBe(3 * 120);
  });

  it('does so within half of its interval', async () => {
    now += 10 * MINUTE;
    await worker().run();
    expect(swept).toHaveLength(2);
    expect(swept.every((text) => Number(/within (\d+) s/.exec(text)?.[1]) <= 15)).toBe(true);
  });
});
