import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SHOP } from '../forge.fixture.js';
import { createGitServer, type GitServer, TOKEN } from './git-server.fixture.js';
import { FLUSH, packet } from './pkt-line.js';

const MIB = 1024 * 1024;
let server: GitServer;
beforeAll(async () => {
  server = await createGitServer();
});
afterAll(() => server.stop());

/** Everything that a refused push must leave as it was. */
async function state(): Promise<unknown> {
  const objects = join(server.forge.gitDir(SHOP), 'objects');
  const files = (await readdir(objects, { recursive: true })).sort();
  return { refs: [...(await server.forge.refs('refs/'))], files, events: server.events.length };
}

describe('a push that is refused', () => {
  it('shows the reason next to the branch', async () => {
    const cwd = await server.clone('denied');
    server.denied.set('refs/heads/prod', 'prod takes promotions only: open a request into dev');
    await server.write(cwd, 'a.yaml', 'a: 1\n');
    const before = await state();
    const { code, output } = await server.git(['push', 'origin', 'HEAD:prod', 'HEAD:fine'], { cwd });
    expect(code).not.toBe(0);
    expect(output).toContain('! [remote rejected] HEAD -> prod (prod takes promotions only: open a request into dev)');
    expect(output).toContain('HEAD -> fine (not pushed, because another ref of this push was refused)');
    expect(await state()).toEqual(before);
  });

  it('shows the reason also after a pack that git sends in pieces', async () => {
    const cwd = await server.clone('denied-large');
    server.denied.set('refs/heads/prod', 'prod takes promotions only');
    await server.write(cwd, 'noise.bin', randomBytes(5 * MIB));
    const { output } = await server.git(['push', 'origin', 'HEAD:prod'], { cwd });
    expect(output).toContain('! [remote rejected] HEAD -> prod (prod takes promotions only)');
  });

  it.each([
    ['the forge\'s records', 'refs/sluice/forge/changes/1', 'refs/sluice belongs to Sluice'],
    ['Sluice\'s pins', 'refs/sluice/base/x', 'refs/sluice belongs to Sluice'],
    ['replacements of objects', 'refs/replace/x', 'only branches and tags can be pushed'],
  ])('leaves %s alone', async (_, ref, reason) => {
    const cwd = await server.clone(`refs-${ref.replaceAll('/', '-')}`);
    const before = await state();
    const { code, output } = await server.git(['push', 'origin', `HEAD:${ref}`], { cwd });
    expect([code === 0, output]).toEqual([false, expect.stringContaining(reason)]);
    expect(await state()).toEqual(before);
  });

  it('lets Sluice\'s own workers pin commits, and not write records', async () => {
    const cwd = await server.clone('worker');
    expect(await server.git(['push', server.url('service-token'), 'HEAD:refs/sluice/base/x'], { cwd })).toMatchObject({ code: 0 });
    expect((await server.git(['push', server.url('service-token'), 'HEAD:refs/sluice/forge/changes/1'], { cwd })).output).toContain('refs/sluice belongs to Sluice');
  });

  it.each([
    ['of noise', () => randomBytes(50 * MIB)],
    ['of zeros, which is tiny when compressed', () => Buffer.alloc(50 * MIB)],
  ])('tells the size limit for a file of 50 MiB %s and keeps nothing of it', async (name, content) => {
    const cwd = await server.clone(`large-${name.length}`);
    await server.write(cwd, 'large.bin', content());
    const before = await state();
    const { code, output } = await server.git(['push', 'origin', 'HEAD:main'], { cwd });
    expect(code).not.toBe(0);
    expect(output).toContain('remote: Refused for its size: a push can have 32 MiB, one file 32 MiB.');
    expect(await state()).toEqual(before);
  });

  it('says so when the body is larger than anybody will read', async () => {
    const small = await createGitServer({ limits: { maxPushBytes: 64 * 1024 } });
    const cwd = await small.clone('huge');
    await small.write(cwd, 'huge.bin', randomBytes(2 * MIB));
    const { code, output } = await small.git(['push', 'origin', 'HEAD:main'], { cwd });
    expect([code === 0, output]).toEqual([false, expect.stringMatching(/413|RPC failed|hung up/)]);
    expect(small.events).toEqual([]);
    await small.stop();
  });

  it('ends a push that sends nothing any more', async () => {
    const slow = await createGitServer({ limits: { idle: 200 } });
    const begin = Buffer.concat([packet(`${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/slow\0report-status`), FLUSH, Buffer.from('PACK')]);
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-git-receive-pack-request' };
    const body = new ReadableStream({ start: (controller) => controller.enqueue(begin) });
    const answer = await fetch(`${slow.origin}/git/shop.git/git-receive-pack`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
    expect(answer.status).toBe(503);
    await slow.stop();
  });
});
