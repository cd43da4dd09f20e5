import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { gitCounters } from '@sluice/git-process';
import { commitSha } from '@sluice/kernel';
import { SHOP } from '../forge.fixture.js';
import { createGitServer, type GitServer, TOKEN } from './git-server.fixture.js';
import { FLUSH, packet } from './pkt-line.js';

let server: GitServer;
beforeAll(async () => {
  server = await createGitServer();
});
afterAll(() => server.stop());

async function tip(cwd: string): Promise<string> {
  return (await server.git(['rev-parse', 'HEAD'], { cwd })).output.trim();
}

const headers = { authorization: `Basic ${Buffer.from(`ada:${TOKEN}`).toString('base64')}` };
const receivePack = { ...headers, 'content-type': 'application/x-git-receive-pack-request' };

describe('git over HTTP', () => {
  it('clones, with protocol version 2', async () => {
    const { code, output } = await server.git(['clone', '-q', server.url(), 'cloned'], { env: { GIT_TRACE_PACKET: '1' } });
    expect(code).toBe(0);
    expect(output).toContain('< version 2');
  });

  it('clones with protocol version 0 too', async () => {
    expect(await server.git(['-c', 'protocol.version=0', 'clone', '-q', server.url(), 'old'])).toMatchObject({ code: 0 });
  });

  it('takes a push, tells of it and remembers who pushed', async () => {
    const cwd = await server.clone('pushing');
    const before = await tip(cwd);
    await server.write(cwd, 'a.yaml', 'a: 1\n');
    const { code, output } = await server.git(['push', 'origin', 'HEAD:main'], { cwd });
    expect([code, output]).toEqual([0, expect.stringContaining('HEAD -> main')]);
    const after = await tip(cwd);
    expect(server.events.at(-1)).toEqual({ repository: SHOP, by: 'ada', updates: [{ ref: 'refs/heads/main', before, after }] });
    expect(await server.forge.pushes.pushersOf(SHOP, [commitSha(after)])).toEqual(new Map([[after, 'ada']]));
  });

  it('fetches what was pushed', async () => {
    const cwd = await server.clone('fetching');
    const head = await server.forge.commit({ branch: 'fetched', from: 'main', files: { 'b.yaml': 'b: 1\n' } });
    expect(await server.git(['fetch', '-q', 'origin', 'fetched'], { cwd })).toMatchObject({ code: 0 });
    expect((await server.git(['rev-parse', 'FETCH_HEAD'], { cwd })).output.trim()).toBe(head);
  });

  it('creates, force-pushes and deletes branches, and tells each', async () => {
    const cwd = await server.clone('branching');
    await server.write(cwd, 'c.yaml', 'c: 1\n');
    await server.git(['push', '-q', 'origin', 'HEAD:side'], { cwd });
    const first = await tip(cwd);
    await server.git(['commit', '-q', '--amend', '-m', 'Better'], { cwd });
    expect(await server.git(['push', '-q', '--force', 'origin', 'HEAD:side'], { cwd })).toMatchObject({ code: 0 });
    const second = await tip(cwd);
    await server.git(['push', '-q', 'origin', ':side'], { cwd });
    expect(server.events.slice(-3).map(({ updates }) => updates)).toEqual([
      [{ ref: 'refs/heads/side', after: first }],
      [{ ref: 'refs/heads/side', before: first, after: second }],
      [{ ref: 'refs/heads/side', before: second }],
    ]);
  });

  it('reads a push whose body is compressed', async () => {
    const before = await server.forge.head('main');
    const line = packet(`${'0'.repeat(40)} ${before} refs/heads/zipped\0report-status agent=test\n`);
    // a pack without objects: what the branch points to is there already
    const pack = Buffer.concat([Buffer.from('PACK'), Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]), Buffer.from('029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex')]);
    const answer = await fetch(`${server.origin}/git/shop.git/git-receive-pack`, { method: 'POST', headers: { ...receivePack, 'content-encoding': 'gzip' }, body: gzipSync(Buffer.concat([line, FLUSH, pack])) });
    expect(await answer.text()).toContain('ok refs/heads/zipped');
    expect(await server.forge.head('zipped')).toBe(before);
  });

  it('takes 20 pushes to 20 branches at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `parallel-${index}`);
    const cwd = await server.clone('parallel');
    await server.write(cwd, 'p.yaml', 'p: 1\n');
    const pushes = await Promise.all(names.map((name) => server.git(['push', '-q', 'origin', `HEAD:${name}`], { cwd })));
    expect(pushes.map(({ code }) => code)).toEqual(names.map(() => 0));
    const refs = await server.forge.refs('refs/heads/');
    expect(names.filter((name) => refs.has(`refs/heads/${name}`))).toEqual(names);
    const told = server.events.flatMap(({ updates }) => updates.map(({ ref }) => ref));
    expect(told).toEqual(expect.arrayContaining(names.map((name) => `refs/heads/${name}`)));
  });

  it('does not let a wrong token in, and tells nobody of it', async () => {
    const cwd = await server.clone('intruder');
    await server.write(cwd, 'x.yaml', 'x: 1\n');
    const before = [await server.forge.head('main'), server.events.length];
    const { code, output } = await server.git(['push', '-q', server.url('wrong'), 'HEAD:main'], { cwd });
    expect(code).not.toBe(0);
    expect(output).toMatch(/Authentication failed|could not read/);
    expect([await server.forge.head('main'), server.events.length]).toEqual(before);
  });

  it('hides the forge\'s records from clones', async () => {
    const { source, target } = { source: 'hidden-source', target: 'main' };
    await server.forge.commit({ branch: source, from: target, files: { 'h.yaml': 'h: 1\n' } });
    await server.forge.changes.open(SHOP, { title: 'x', body: '', sourceBranch: source, targetBranch: target, draft: false });
    expect((await server.forge.refs('refs/sluice/forge/')).size).toBeGreaterThan(0);
    expect((await server.git(['ls-remote', server.url()])).output).not.toContain('refs/sluice/forge');
  });

  it.each([
    ['a path out of the folder', 'GET', '/git/shop/../../etc/info/refs?service=git-upload-pack', 400],
    ['an encoded path out of the folder', 'GET', '/git/shop/%2e%2e/shop.git/info/refs?service=git-upload-pack', 400],
    ['the dumb protocol', 'GET', '/git/shop.git/info/refs', 403],
    ['a file of the repository', 'GET', '/git/shop.git/HEAD', 404],
    ['an object of the repository', 'GET', '/git/shop.git/objects/info/packs', 404],
    ['another service', 'GET', '/git/shop.git/info/refs?service=git-upload-archive', 403],
    ['a repository that does not exist', 'GET', '/git/nowhere.git/info/refs?service=git-upload-pack', 404],
    ['the wrong method', 'PUT', '/git/shop.git/git-upload-pack', 405],
    ['the wrong content type', 'POST', '/git/shop.git/git-upload-pack', 415],
  ])('refuses %s', async (_, method, path, status) => {
    // fetch would take the dots out of the path
    const call = httpRequest(server.origin, { method, path, headers }).end();
    const [answer] = (await once(call, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    expect(answer.statusCode).toBe(status);
  });

  it.each([
    ['no packets', 'hello'],
    ['a command that is none', packet('make it so').toString() + '0000'],
    ['a ref with two dots', packet(`${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/../../x\0report-status`).toString() + '0000'],
    ['an end before the commands have ended', packet(`${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/x\0report-status`).toString()],
  ])('answers a push of %s with 400', async (_, body) => {
    const answer = await fetch(`${server.origin}/git/shop.git/git-receive-pack`, { method: 'POST', headers: receivePack, body });
    expect(answer.status).toBe(400);
  });

  it('ends git and forgets the push when the client hangs up in the middle', async () => {
    const events = server.events.length;
    const line = packet(`${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/half\0report-status`);
    const call = httpRequest(`${server.origin}/git/shop.git/git-receive-pack`, { method: 'POST', headers: { ...receivePack, 'transfer-encoding': 'chunked' } });
    call.on('error', () => undefined);
    call.write(Buffer.concat([line, FLUSH, Buffer.from('PACK'), Buffer.from([0, 0, 0, 2, 0, 0, 1, 0])]));
    await until(async () => (await quarantines()).length > 0);
    call.destroy();

    await until(async () => (await quarantines()).length === 0);
    expect(server.events.length).toBe(events);
    expect(await server.forge.head('half')).toBeUndefined();
  });
});

async function quarantines(): Promise<string[]> {
  return (await readdir(join(server.forge.gitDir(SHOP), 'objects'))).filter((name) => name.startsWith('tmp_objdir'));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('many that fetch the same at once', () => {
  it('all get it, from far fewer runs of git', async () => {
    const crowded = await createGitServer({ limits: { atOnce: 1 } });
    try {
      const head = await crowded.forge.commit({ branch: 'main', from: 'main', files: { 'crowd.yaml': 'a: 1\n' } });
      const before = gitCounters().byCommand['git-http-backend'] ?? 0;
      const names = Array.from({ length: 12 }, (_, index) => `crowd-${index}`);
      const clones = await Promise.all(names.map((name) => crowded.git(['clone', '-q', crowded.url(), name])));
      expect(clones).toEqual(names.map(() => ({ code: 0, output: '' })));
      for (const name of names) expect((await crowded.git(['-C', name, 'rev-parse', 'HEAD'])).output.trim()).toBe(head);
      // a clone by itself takes three: for what is offered, the refs and the pack
      const runs = (gitCounters().byCommand['git-http-backend'] ?? 0) - before;
      expect([runs > 0, runs < 36]).toEqual([true, true]);
    } finally {
      await crowded.stop();
    }
  }, 60_000);

  it('are each served by themselves where the answer is too long to be kept', async () => {
    const crowded = await createGitServer({ limits: { atOnce: 1 } });
    try {
      await crowded.forge.commit({ branch: 'main', from: 'main', files: { 'large.txt': randomBytes(4 * 1024 * 1024).toString('base64') } });
      const clones = await Promise.all(Array.from({ length: 4 }, (_, index) => crowded.git(['clone', '-q', crowded.url(), `large-${index}`])));
      expect(clones.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    } finally {
      await crowded.stop();
    }
  }, 60_000);
});
