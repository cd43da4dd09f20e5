import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedTemplate } from '@sluice/testing';
import { ServerHome } from './server-process.fixture.js';
import { START_TIMEOUT } from './test-server.fixture.js';

const EMBEDDED = { SLUICE_DATABASE_TEMPLATE: embeddedTemplate() };

describe('the server’s process', () => {
  let home: ServerHome;
  beforeAll(async () => void (home = await ServerHome.make()));
  afterAll(() => home.remove());

  it(
    'becomes ready, lets its first admin in, ends with its parent, and knows everything when it starts again after a kill',
    async () => {
      const first = home.start(EMBEDDED);
      await home.untilReady(first);
      const created = await fetch(`http://127.0.0.1:${home.port}/api/v1/repositories`, { method: 'POST', headers: { authorization: `Bearer ${home.token}`, 'content-type': 'application/json' }, body: '{"id":"shop"}' });
      expect(created.status).toBe(201);
      first.child.kill('SIGKILL');
      await first.exit();

      const second = home.start(EMBEDDED);
      await home.untilReady(second);
      expect(await (await home.get('/api/v1/repositories')).json()).toMatchObject({ items: [{ id: 'shop' }] });
      expect(await (await home.get('/api/v1/me')).json()).toMatchObject({ person: 'ada', admin: true });

      const rival = home.start(EMBEDDED);
      expect(await rival.exit()).toBe(1);
      expect(rival.log()).toMatch(/server could not start/);

      second.child.stdin?.end();
      expect(await second.exit()).toBe(0);
      expect(second.log()).toMatch(/"reason":"parent-gone".*server is ending/);
      expect(second.log()).not.toMatch(/could not be closed/);
      expect(await readFile(join(home.folder, 'bootstrap.json'), 'utf8')).toContain(home.token);
      expect(first.log() + second.log()).not.toContain(home.token);
    },
    START_TIMEOUT,
  );

  it('says what is wrong with its environment', async () => {
    const process = home.start({ ...EMBEDDED, SLUICE_REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await process.exit()).toBe(1);
    expect(process.log()).toMatch(/SLUICE_DATABASE_URL and SLUICE_REDIS_URL belong together/);
  });
});
