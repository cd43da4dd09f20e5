import { describeOnServices, type Services } from '@sluice/testing';
import { Door } from './door.fixture.js';
import { ServerHome, type StartedProcess } from './server-process.fixture.js';
import { START_TIMEOUT } from './test-server.fixture.js';

/** Nobody listens there. */
const NOWHERE = '127.0.0.1:1';

describeOnServices('a server that starts before its services', (combination) => {
  let services: Extract<Services, { kind: 'postgres+redis' }>;
  let home: ServerHome;
  let door: Door | undefined;
  beforeAll(async () => {
    const started = await combination.start();
    if (started.kind === 'embedded') throw new Error('this suite is about services');
    services = started;
  }, START_TIMEOUT);
  afterAll(() => services.stop());
  beforeEach(async () => void (home = await ServerHome.make()));
  afterEach(async () => {
    door?.close();
    await home.remove();
  });

  const start = (urls: { readonly database?: string; readonly redis?: string }, more = {}): StartedProcess => home.start({ SLUICE_DATABASE_URL: urls.database ?? services.databaseUrl, SLUICE_REDIS_URL: urls.redis ?? services.redis.url, ...more });
  const lines = (process: StartedProcess): readonly string[] => process.log().trim().split('\n');

  it('answers without Redis, says that it is Redis that is missing, and is ready when it comes', async () => {
    door = await Door.before(services.redis.url);
    const process = start({ redis: door.url });
    await home.until(process, '/healthz', ({ ok }) => ok);
    const answer = await home.get('/readyz');
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'unavailable', checks: { database: 'ok', queue: 'unavailable' }, reasons: { queue: 'Redis cannot be reached (ECONNREFUSED)' } }]);
    await door.open();
    await home.untilReady(process);
    process.child.stdin?.end();
    expect(await process.exit()).toBe(0);
    // no worker or queue prints beside the log, or repeats what the log says already
    expect(lines(process).filter((line) => !line.startsWith('{'))).toEqual([]);
    expect(lines(process).filter((line) => /queue error|worker error/.test(line))).toEqual([]);
    expect(process.log()).toMatch(/redis is reachable again/);
  }, START_TIMEOUT);

  it('says so when Redis refuses the login', async () => {
    const process = start({ redis: services.redis.url.replace('//', '//ada:hunter2@') });
    while (!/refuses the login/.test(JSON.stringify(await home.until(process, '/readyz', ({ status }) => status === 503)))) await new Promise((look) => setTimeout(look, 50));
    expect(process.log()).not.toMatch(/hunter2/);
  }, START_TIMEOUT);

  it('waits for PostgreSQL, saying so, and is ready when it comes', async () => {
    door = await Door.before(services.databaseUrl);
    const process = start({ database: door.url });
    while (!process.log().includes('the database cannot be reached; trying again')) await new Promise((look) => setTimeout(look, 20));
    await door.open();
    await home.untilReady(process);
  }, START_TIMEOUT);

  it('gives up on PostgreSQL after a while, and says what to do', async () => {
    const process = start({ database: `postgres://sluice:hunter2@${NOWHERE}/sluice` }, { SLUICE_DATABASE_WAIT_SECONDS: '1' });
    expect(await process.exit()).toBe(1);
    expect(process.log()).toMatch(/"message":"The database has not answered within 1 s: start it, or correct SLUICE_DATABASE_URL/);
    expect(process.log()).not.toMatch(/hunter2/);
  }, START_TIMEOUT);

  it.each([
    ['there is no such database', (url: URL) => void (url.pathname = '/nothing'), /There is no database \\"nothing\\": create it/],
    ['there is no such user', (url: URL) => void (url.username = 'nobody'), /The database refuses the login/],
  ])('does not wait when %s: that does not come by itself', async (_, spoil, message) => {
    const url = new URL(services.databaseUrl);
    spoil(url);
    const process = start({ database: url.href });
    expect(await process.exit()).toBe(1);
    expect(process.log()).toMatch(message);
    expect(process.log()).not.toMatch(/trying again/);
  }, START_TIMEOUT);

  it('ends with its parent while it waits', async () => {
    const process = start({ database: `postgres://${NOWHERE}/sluice` });
    while (!process.log().includes('trying again')) await new Promise((look) => setTimeout(look, 20));
    process.child.stdin?.end();
    expect(await process.exit()).toBe(0);
  }, START_TIMEOUT);
});
