import { setTimeout as sleep } from 'node:timers/promises';
import { rm } from 'node:fs/promises';
import { CatFileSession, type CatFileOptions } from './cat-file-session.js';
import { gitCounters } from './git-counters.js';
import { type TestRepository, testRepository } from './repository.fixture.js';
import { parseTree } from './tree.js';
import { readdir, readFile } from 'node:fs/promises';

describe('a session that reads objects', () => {
  let repository: TestRepository;
  let written: { commit: string; tree: string };
  let session: CatFileSession;
  const open = (options?: CatFileOptions): CatFileSession => (session = new CatFileSession(repository.gitDir, options));

  beforeAll(async () => {
    repository = await testRepository();
    written = await repository.commit({ 'a/ä b.txt': 'one\ntwo\n', 'empty': '', 'large': 'x'.repeat(300_000) });
  });
  afterEach(() => session.close());
  afterAll(() => repository.remove());

  it('gives type, name, size and content', async () => {
    open();
    expect(await session.info(written.commit)).toMatchObject({ type: 'commit', sha: written.commit });
    expect(await session.read(`${written.commit}:a/ä b.txt`, 100)).toMatchObject({ kind: 'object', object: { type: 'blob', bytes: Buffer.from('one\ntwo\n') } });
    expect(await session.read(`${written.commit}:empty`, 100)).toMatchObject({ object: { bytes: Buffer.alloc(0) } });
  });

  it('reads a tree that can be taken apart', async () => {
    const read = await open().readAtOnce(written.tree, 1_000);
    expect(read.kind === 'object' && parseTree(read.object.bytes).map(({ mode, name }) => `${mode} ${name}`)).toEqual(['40000 a', '100644 empty', '100644 large']);
  });

  it('knows what is missing, whatever the name looks like', async () => {
    open();
    for (const name of ['0'.repeat(40), '--batch', '-p', 'HEAD', `${written.commit}:missing`, 'a name missing']) {
      expect(await session.info(name)).toBeUndefined();
      expect(await session.read(name, 100)).toEqual({ kind: 'missing' });
    }
  });

  it('does not take a name that would be two requests', async () => {
    await expect(open().info(`${written.commit}\ncontents HEAD`)).rejects.toMatchObject({ reason: 'argument' });
  });

  it('refuses what is larger than the caller wants and goes on', async () => {
    open();
    const name = `${written.commit}:large`;
    expect(await session.read(name, 299_999)).toEqual({ kind: 'too-large', size: 300_000 });
    expect(await session.readAtOnce(name, 299_999)).toEqual({ kind: 'too-large', size: 300_000 });
    expect(await session.read(name, 300_000)).toMatchObject({ kind: 'object' });
  });

  it('answers thousands of requests at once in one process, each with its own', async () => {
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, `${index} `.repeat(index * 40)]));
    const { commit } = await repository.commit(files);
    const before = gitCounters();
    open();
    const asked = Array.from({ length: 3_000 }, (_, index) => `f${index % 50}`);
    const answers = await Promise.all(asked.map((name) => session.readAtOnce(`${commit}:${name}`, 100_000)));
    expect(answers.map((answer) => (answer.kind === 'object' ? answer.object.bytes.toString() : answer.kind))).toEqual(asked.map((name) => files[name]));
    expect(gitCounters().spawned).toBe(before.spawned + 1);
  });

  it('sees objects that were written after it began', async () => {
    open();
    await session.info(written.commit);
    const { commit } = await repository.commit({ later: 'later' }, written.commit);
    expect(await session.info(commit)).toBeDefined();
  });

  it('asks again when its process dies in mid-request', async () => {
    open();
    await session.info(written.commit);
    const answers = Promise.all(Array.from({ length: 500 }, () => session.read(`${written.commit}:large`, 1_000_000)));
    await killSessions(repository.gitDir);
    expect((await answers).every(({ kind }) => kind === 'object')).toBe(true);
  });

  it('works again after its process was killed while idle', async () => {
    open();
    await session.info(written.commit);
    await killSessions(repository.gitDir);
    expect(await session.info(written.commit)).toBeDefined();
  });

  it('ends its process when nobody asks for long, and starts another when somebody does', async () => {
    // longer than a busy machine needs to list its processes
    open({ idle: 1_000 });
    await session.info(written.commit);
    expect(await sessionsOf(repository.gitDir)).toHaveLength(1);
    while ((await sessionsOf(repository.gitDir)).length > 0) await sleep(20);
    expect(await session.info(written.commit)).toBeDefined();
  });

  it('fails clearly when there is no repository', async () => {
    const gone = await testRepository();
    session = new CatFileSession(gone.gitDir);
    await rm(gone.gitDir, { recursive: true });
    await expect(session.info(written.commit)).rejects.toMatchObject({ reason: 'spawn' });
    await gone.remove();
  });

  it('fails what is under way when it is closed, and all that comes later', async () => {
    open();
    const waiting = session.info(written.commit);
    session.close();
    await expect(waiting).rejects.toMatchObject({ reason: 'aborted' });
    await expect(session.info(written.commit)).rejects.toMatchObject({ reason: 'aborted' });
  });

  it('ends a process that does not answer in time', async () => {
    open({ deadline: 100 });
    await session.info(written.commit);
    // those of the tests before may not have ended yet, and would never do so when they are stopped
    let own = await sessionsOf(repository.gitDir);
    for (; own.length > 1; own = await sessionsOf(repository.gitDir)) await sleep(20);
    for (const pid of own) process.kill(pid, 'SIGSTOP');
    await expect(session.info(written.commit)).rejects.toMatchObject({ reason: 'deadline' });
    expect(await session.info(written.commit)).toBeDefined();
  });
});

async function sessionsOf(gitDir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(async (pid) => ({ pid: Number(pid), line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })));
  return lines.filter(({ line }) => line.includes(gitDir) && line.includes('cat-file')).map(({ pid }) => pid);
}

async function killSessions(gitDir: string): Promise<void> {
  for (const pid of await sessionsOf(gitDir)) process.kill(pid, 'SIGKILL');
}
