import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TestRepository, testRepository } from '../repository.fixture.js';
import { runGit } from '../run-git.js';
import { spawnGit } from '../spawn-git.js';
import { FRAME, FrameReader, frame } from './frames.js';
import { type GitLauncher, startGitLauncher } from './git-launcher.js';

const MEBIBYTE = 1024 * 1024;
const BUILT = new URL('../../dist/launcher/git-launcher.js', import.meta.url).href;

describe('a launcher of git', () => {
  let repository: TestRepository;
  let launcher: GitLauncher;
  beforeAll(async () => (repository = await testRepository()));
  afterAll(() => repository.remove());
  beforeEach(async () => {
    launcher = await startGitLauncher();
  });
  afterEach(() => launcher.close());

  it('starts git as its own child, and passes large input and output on unchanged', async () => {
    const bytes = Buffer.alloc(20 * MEBIBYTE, 'a line of text\0\n');
    const { stdout } = await runGit(['hash-object', '-w', '--stdin'], { gitDir: repository.gitDir, input: bytes });
    const { stdout: read } = await runGit(['cat-file', 'blob', stdout.toString().trim()], { gitDir: repository.gitDir, maxOutputBytes: bytes.length });
    expect(read.equals(bytes)).toBe(true);
  });

  it('waits for a slow reader', async () => {
    const { stdout } = await runGit(['hash-object', '-w', '--stdin'], { gitDir: repository.gitDir, input: Buffer.alloc(4 * MEBIBYTE, 'x') });
    const child = spawnGit(['cat-file', 'blob', stdout.toString().trim()], { gitDir: repository.gitDir });
    child.process.stdin.end();
    let size = 0;
    for await (const chunk of child.process.stdout) {
      size += (chunk as Buffer).length;
      if (size < MEBIBYTE) await sleep(1);
    }
    expect(size).toBe(4 * MEBIBYTE);
  });

  it('runs many at once', async () => {
    const runs = await Promise.all(Array.from({ length: 50 }, (_, index) => runGit(['hash-object', '--stdin'], { gitDir: repository.gitDir, input: String(index) })));
    expect(new Set(runs.map((run) => run.stdout.toString())).size).toBe(50);
  });

  it('tells how a process ended that did not read its input', async () => {
    const input = Buffer.alloc(MEBIBYTE, 'x');
    const runs = await Promise.all(Array.from({ length: 60 }, (_, index) => runGit(['cat-file', '-e', 'HEAD'], { gitDir: repository.gitDir, answers: [128], input: index % 2 === 0 ? input : 'x' })));
    expect(runs.every(({ exitCode }) => exitCode === 128)).toBe(true);
  });

  it('says when a program is not there', async () => {
    const child = spawnGit([], { program: '/nonexistent/git' });
    const [error] = (await once(child.process, 'error')) as [Error];
    expect(error).toMatchObject({ code: 'ENOENT' });
  });

  it('fails what runs when it is killed, leaves nothing behind, and git goes on without it', async () => {
    const child = spawnGit(['cat-file', '--batch'], { gitDir: repository.gitDir });
    await once(child.process, 'spawn');
    const pid = child.process.pid ?? 0;
    process.kill(launcher.pid, 'SIGKILL');
    const [exitCode, signal] = (await once(child.process, 'close')) as [number | null, string | null];
    expect([exitCode, signal]).toEqual([null, 'SIGKILL']);
    await expectGone(pid);
    expect((await runGit(['version'])).exitCode).toBe(0);
  });

  it('takes what it has started along when it is closed', async () => {
    const child = spawnGit(['cat-file', '--batch'], { gitDir: repository.gitDir });
    await once(child.process, 'spawn');
    await launcher.close();
    await expectGone(child.process.pid ?? 0);
  });
});

describe('a process with a launcher', () => {
  let temporary: string;
  const started: ChildProcess[] = [];
  beforeEach(async () => void (temporary = await mkdtemp(join(tmpdir(), 'sluice-launcher-'))));
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await rm(temporary, { recursive: true, force: true });
  });

  /** @returns the process, and the id of its launcher. */
  async function start(): Promise<readonly [ChildProcess, number]> {
    const program = `const { startGitLauncher } = await import(${JSON.stringify(BUILT)}); console.log((await startGitLauncher()).pid); setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], TMPDIR: temporary } });
    started.push(child);
    const [pid] = (await once(child.stdout, 'data')) as [Buffer];
    return [child, Number(pid.toString())];
  }

  it('leaves nothing behind when it is killed', async () => {
    const [child, launcher] = await start();
    expect(await readdir(temporary)).toHaveLength(1);
    child.kill('SIGKILL');
    await expectGone(launcher);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('clears away what one has left that was killed together with its launcher, and nothing of those that run', async () => {
    const [other] = await start();
    const [child, launcher] = await start();
    const before = await readdir(temporary);
    process.kill(launcher, 'SIGSTOP');
    child.kill('SIGKILL');
    await once(child, 'exit');
    process.kill(launcher, 'SIGKILL');
    await expectGone(launcher);
    expect(await readdir(temporary)).toEqual(before);
    await start();
    const after = await readdir(temporary);
    expect([after.length, after.filter((name) => before.includes(name)).length]).toEqual([2, 1]);
    expect(other.exitCode).toBeNull();
  });
});

describe('frames', () => {
  it('come out whole however they are cut', () => {
    const bytes = Buffer.concat([...frame(FRAME.started, Buffer.from('{"pid":1}')), ...frame(FRAME.stdout, Buffer.from('hello')), ...frame(FRAME.stderr, Buffer.from('')), ...frame(FRAME.exited, Buffer.from('{}'))]);
    for (let size = 1; size <= bytes.length; size += 1) {
      const seen = new Map<number, string>();
      const reader = new FrameReader((kind, payload) => seen.set(kind, (seen.get(kind) ?? '') + payload.toString()));
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      expect([...seen]).toEqual([[FRAME.started, '{"pid":1}'], [FRAME.stdout, 'hello'], [FRAME.exited, '{}']]);
    }
  });
});

async function expectGone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 100 && alive(pid); attempt += 1) await sleep(50);
  expect(alive(pid)).toBe(false);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
