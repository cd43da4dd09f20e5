import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gitCounters } from './git-counters.js';
import { GitFailed } from './git-failed.js';
import { type GitLauncher, startGitLauncher } from './launcher/git-launcher.js';
import { type TestRepository, testRepository } from './repository.fixture.js';
import { runGit } from './run-git.js';
import { spawnGit } from './spawn-git.js';

const credential = { username: 'sluice', password: 'correct-horse-battery' };

describe.each(['directly', 'by a launcher'] as const)('running git %s', (way) => {
  let repository: TestRepository;
  let launcher: GitLauncher | undefined;
  beforeAll(async () => {
    if (way === 'by a launcher') launcher = await startGitLauncher();
  });
  afterAll(() => launcher?.close());
  beforeAll(async () => (repository = await testRepository()));
  afterAll(() => repository.remove());

  it('gives its output as bytes', async () => {
    const { stdout } = await runGit(['hash-object', '-w', '--stdin'], { gitDir: repository.gitDir, input: Buffer.from([0, 255, 10]) });
    const { stdout: bytes } = await runGit(['cat-file', 'blob', stdout.toString().trim()], { gitDir: repository.gitDir });
    expect([...bytes]).toEqual([0, 255, 10]);
  });

  it('fails with the exit code and what git said', async () => {
    const failing = runGit(['cat-file', '-p', 'HEAD'], { gitDir: repository.gitDir });
    await expect(failing).rejects.toThrow(GitFailed);
    await expect(failing).rejects.toMatchObject({ reason: 'exit', kind: 'unavailable', exitCode: 128, command: 'cat-file', message: expect.stringContaining('Not a valid object name HEAD') });
  });

  it('takes an exit code that is an answer', async () => {
    const { exitCode } = await runGit(['show-ref', '--verify', '--quiet', 'refs/heads/none'], { gitDir: repository.gitDir, answers: [1] });
    expect(exitCode).toBe(1);
  });

  it('ends git and all that it started at the deadline', async () => {
    const silent = createSocketServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/shop.git`;
    const before = gitCounters();
    await expect(runGit(['ls-remote', url], { deadline: 300 })).rejects.toMatchObject({ reason: 'deadline', kind: 'unavailable' });
    expect(gitCounters().timedOut).toBe(before.timedOut + 1);
    expect(await processesWith(url)).toEqual([]);
    silent.close();
  });

  it('ends git when its caller gives up', async () => {
    const giveUp = new AbortController();
    const running = runGit(['cat-file', '--batch'], { gitDir: repository.gitDir, signal: giveUp.signal, input: '' });
    giveUp.abort();
    await expect(running).rejects.toMatchObject({ reason: 'aborted' });
  });

  it('ends git when it writes too much', async () => {
    const { stdout } = await runGit(['hash-object', '-w', '--stdin'], { gitDir: repository.gitDir, input: Buffer.alloc(1_000_000, 65) });
    const reading = runGit(['cat-file', 'blob', stdout.toString().trim()], { gitDir: repository.gitDir, maxOutputBytes: 10_000 });
    await expect(reading).rejects.toMatchObject({ reason: 'output-limit', kind: 'too-large', message: expect.stringContaining('10000 bytes') });
  });

  it('says so when the repository is not there', async () => {
    await expect(runGit(['log'], { gitDir: join(repository.folder, 'none.git') })).rejects.toMatchObject({ reason: 'spawn', kind: 'unavailable' });
  });

  it('counts processes by their subcommand', async () => {
    const before = gitCounters();
    await runGit(['count-objects'], { gitDir: repository.gitDir });
    const after = gitCounters();
    expect(after.spawned).toBe(before.spawned + 1);
    expect(after.byCommand['count-objects']).toBe((before.byCommand['count-objects'] ?? 0) + 1);
    expect(after.running).toBe(0);
  });
});

describe('the environment of git', () => {
  let repository: TestRepository;
  beforeAll(async () => (repository = await testRepository()));
  afterAll(() => repository.remove());

  it('has nothing of the user, the system and the caller', async () => {
    const home = await mkdtemp(join(tmpdir(), 'sluice-home-'));
    await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Somebody\n');
    const saved = { ...process.env };
    Object.assign(process.env, { HOME: home, GIT_AUTHOR_NAME: 'Somebody', GIT_DIR: '/nowhere', GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'Somebody' });
    try {
      expect(await repository.git('config', '--list')).not.toContain('Somebody');
      // whether git can make an identity up depends on the machine
      const identity = await repository.git('var', 'GIT_AUTHOR_IDENT').catch((error: Error) => error.message);
      expect(identity).not.toContain('Somebody');
    } finally {
      process.env = saved;
    }
  });

  it('runs no hooks', async () => {
    const marker = join(repository.folder, 'hook-ran');
    await writeFile(join(repository.gitDir, 'hooks', 'reference-transaction'), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    const { commit } = await repository.commit({ a: 'a' });
    await repository.git('update-ref', 'refs/heads/hooked', commit);
    await expect(readFile(marker)).rejects.toThrow('ENOENT');
  });

  it.each(['ext::sh -c "touch /tmp/owned"', 'git://127.0.0.1/shop.git', '/some/path.git', 'file:///some/path.git'])('does not talk to %s', async (url) => {
    await expect(runGit(['ls-remote', '--end-of-options', url])).rejects.toThrow(/transport '\w+' not allowed/);
  });

  it('talks to a path when the caller allows it', async () => {
    await expect(runGit(['ls-remote', repository.gitDir], { allowLocal: true })).resolves.toBeDefined();
  });
});

describe('a credential', () => {
  let server: Server;
  let url: string;
  let seen: (string | undefined)[];
  let answer: number;
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(answer, answer === 302 ? { location: 'http://localhost:1/elsewhere' } : {}).end(`denied ${request.headers.authorization}`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop.git`;
  });
  beforeEach(() => {
    seen = [];
    answer = 403;
  });
  afterAll(() => server.close());

  it('is sent with the request and is in no error', async () => {
    const error = await runGit(['ls-remote', url], { credential }).then(
      () => undefined,
      (failure: GitFailed) => failure,
    );
    expect(seen).toEqual([`Basic ${Buffer.from('sluice:correct-horse-battery').toString('base64')}`]);
    expect(error).toMatchObject({ reason: 'exit', message: expect.stringContaining('403') });
    expect(JSON.stringify([error?.message, error?.stderr, error?.details])).not.toMatch(/correct-horse|c2x1aWNl/);
  });

  it('is not sent on to where the server redirects', async () => {
    answer = 302;
    await expect(runGit(['ls-remote', url], { credential })).rejects.toThrow(/302|redirect/);
    expect(seen).toHaveLength(1);
  });

  it('makes git ask nobody when it is refused', async () => {
    answer = 401;
    await expect(runGit(['ls-remote', url])).rejects.toThrow(/could not read Username|Authentication failed/);
  });

  it('is in no argument of any process', async () => {
    const silent = createSocketServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const child = spawnGit(['ls-remote', `http://127.0.0.1:${(silent.address() as AddressInfo).port}/secret.git`], { credential });
    const closed = once(child.process, 'close');
    while ((await processesWith('secret.git')).length < 2) await sleep(10);
    expect(await processesWith('correct-horse')).toEqual([]);
    expect(await processesWith(Buffer.from('sluice:correct-horse-battery').toString('base64'))).toEqual([]);
    child.kill('stopped');
    await closed;
    silent.close();
  });

  it.each([
    ['in a URL', ['ls-remote', 'https://sluice:secret@example.org/shop.git']],
    ['as an argument', ['ls-remote', 'https://example.org/?token=correct-horse-battery']],
  ])('%s is refused before git is started', async (_where, args) => {
    const before = gitCounters().spawned;
    const refused = runGit(args, { credential });
    await expect(refused).rejects.toMatchObject({ reason: 'argument', kind: 'invalid', message: expect.not.stringContaining('secret@') });
    expect(gitCounters().spawned).toBe(before);
  });
});

async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes('git') && line.includes(text));
}
