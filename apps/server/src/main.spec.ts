import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedTemplate, freePort } from '@sluice/testing';
import { START_TIMEOUT } from './test-server.fixture.js';

const MAIN = join(import.meta.dirname, '../dist/main.js');
const TOKEN = `slt_${'m'.repeat(43)}`;

describe('the server’s process', () => {
  let folder: string;
  let port: number;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-main-'));
    port = await freePort();
    await writeFile(join(folder, 'bootstrap.json'), JSON.stringify({ admin: { name: 'ada', displayName: 'Ada' }, adminToken: TOKEN }), { mode: 0o600 });
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  function start(environment: Record<string, string> = {}): { readonly child: ChildProcess; readonly log: () => string } {
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], SLUICE_DATA: join(folder, 'data'), SLUICE_PORT: String(port), SLUICE_PARENT: 'stdin', SLUICE_DATABASE_TEMPLATE: embeddedTemplate(), SLUICE_BOOTSTRAP: join(folder, 'bootstrap.json'), ...environment },
    });
    children.push(child);
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    return { child, log: () => text };
  }

  async function untilReady(child: ChildProcess): Promise<void> {
    while (child.exitCode === null) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(({ ok }) => ok, () => false);
      if (ready) return;
      await sleep(100);
    }
    throw new Error('it ended before it was ready');
  }

  const exitOf = async (child: ChildProcess): Promise<number | null> => (child.exitCode === null ? ((await once(child, 'exit')) as [number | null])[0] : child.exitCode);
  const asAdmin = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });

  it(
    'becomes ready, lets its first admin in, ends with its parent, and knows everything when it starts again after a kill',
    async () => {
      const first = start();
      await untilReady(first.child);
      const created = await fetch(`http://127.0.0.1:${port}/api/v1/repositories`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }, body: '{"id":"shop"}' });
      expect(created.status).toBe(201);
      first.child.kill('SIGKILL');
      await exitOf(first.child);

      const second = start();
      await untilReady(second.child);
      expect(await (await asAdmin('/api/v1/repositories')).json()).toMatchObject({ items: [{ id: 'shop' }] });
      expect(await (await asAdmin('/api/v1/me')).json()).toMatchObject({ person: 'ada', admin: true });

      const rival = start();
      expect(await exitOf(rival.child)).toBe(1);
      expect(rival.log()).toMatch(/server could not start/);

      second.child.stdin?.end();
      expect(await exitOf(second.child)).toBe(0);
      expect(second.log()).toMatch(/"reason":"parent-gone".*server is ending/);
      expect(second.log()).not.toMatch(/could not be closed/);
      expect(await readFile(join(folder, 'bootstrap.json'), 'utf8')).toContain(TOKEN);
      expect(first.log() + second.log()).not.toContain(TOKEN);
    },
    START_TIMEOUT,
  );

  it('says what is wrong with its environment', async () => {
    const { child, log } = start({ SLUICE_REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await exitOf(child)).toBe(1);
    expect(log()).toMatch(/SLUICE_DATABASE_URL and SLUICE_REDIS_URL belong together/);
  });
});
