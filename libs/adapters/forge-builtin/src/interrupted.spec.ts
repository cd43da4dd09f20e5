import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommitSha, instant } from '@sluice/kernel';
import { commitTree, runGit, updateRefs } from '@sluice/git-process';
import type { ChangeRequest } from '@sluice/usecases';
import { createBuiltinForge } from './builtin-forge.js';
import { createTestForge, SHOP, type TestForge } from './forge.fixture.js';
import { branchRef, changeRef, openPairRef } from './forge-refs.js';
import { EMPTY_TREE } from './record-store.js';

let forge: TestForge;
beforeEach(async () => {
  forge = await createTestForge();
});
afterEach(() => forge.stop());

async function openChange(source = 'sluice/promote/prod/checkout'): Promise<{ readonly change: ChangeRequest; readonly target: CommitSha }> {
  const target = await forge.commit({ branch: 'prod', from: 'main', files: { 'x.yaml': 'x: 1\n' } });
  await forge.commit({ branch: source, from: 'prod', files: { 'x.yaml': 'x: 2\n' } });
  return { change: await forge.changes.open(SHOP, { title: 'Promote', body: '', sourceBranch: source, targetBranch: 'prod', draft: false }), target };
}

/** Puts refs back to where they were before a merge or close, as if git had been killed after the record and before them. */
async function undo(before: ReadonlyMap<string, string>, refs: readonly string[]): Promise<void> {
  const outcome = await updateRefs(forge.gitDir(SHOP), refs.map((ref) => ({ ref, to: before.get(ref) ?? null })));
  expect(outcome.kind).toBe('updated');
}

describe('a process that is killed', () => {
  it('between the record of a merge and the target: the next look finishes the merge', async () => {
    const { change } = await openChange();
    const before = await forge.refs('refs/');
    const outcome = await forge.changes.merge(SHOP, change.number, { expectedHead: change.head, by: 'ada' });
    const merged = await forge.head('prod');
    await undo(before, [branchRef('prod'), branchRef(change.sourceBranch), openPairRef(change.sourceBranch, 'prod')]);

    expect(await forge.second().changes.get(SHOP, change.number)).toMatchObject({ state: 'merged', mergeCommit: merged });
    expect(outcome).toEqual({ kind: 'merged', commit: await forge.head('prod') });
    expect(await forge.head(change.sourceBranch)).toBeUndefined();
  });

  it('there, and then the target goes on without it: the request is open again and merges anew', async () => {
    const { change } = await openChange();
    const before = await forge.refs('refs/');
    await forge.changes.merge(SHOP, change.number, { expectedHead: change.head, by: 'ada' });
    await undo(before, [branchRef('prod'), branchRef(change.sourceBranch), openPairRef(change.sourceBranch, 'prod')]);
    const hotfix = await forge.commit({ branch: 'prod', files: { 'hotfix.yaml': 'y: 1\n' } });

    expect((await forge.changes.get(SHOP, change.number)).state).toBe('open');
    const outcome = await forge.changes.merge(SHOP, change.number, { expectedHead: change.head, expectedTarget: hotfix, by: 'ada' });
    expect(outcome.kind).toBe('merged');
  });

  it('after the target and before the open pair is gone: the merge stays, and the pair can be opened again', async () => {
    const { change } = await openChange('feature');
    const before = await forge.refs('refs/');
    await forge.changes.merge(SHOP, change.number, { expectedHead: change.head, by: 'ada' });
    await undo(before, [openPairRef('feature', 'prod')]);

    const next = await forge.changes.open(SHOP, change);
    expect(next.number).not.toBe(change.number);
    expect((await forge.changes.get(SHOP, change.number)).state).toBe('merged');
  });

  it('in the middle of a close: it is closed', async () => {
    const { change } = await openChange();
    const before = await forge.refs('refs/');
    await forge.changes.close(SHOP, change.number, { by: 'ada' });
    await undo(before, [openPairRef(change.sourceBranch, 'prod')]);
    expect((await forge.changes.list(SHOP, { state: 'open', limit: 10 })).length).toBe(0);
    expect((await forge.changes.get(SHOP, change.number)).state).toBe('closed');
  });

  it('in the middle of an opening: the request is the one that was begun', async () => {
    const { change } = await openChange();
    await undo(new Map(), [changeRef(change.number)]);
    expect((await forge.changes.open(SHOP, change)).number).toBe(change.number);
  });

  it('in the middle of an opening whose number another request got: it gets a new one', async () => {
    const { change } = await openChange();
    await undo(new Map(), [changeRef(change.number)]);
    await forge.commit({ branch: 'other', from: 'main', files: { 'o.yaml': 'o: 1\n' } });
    const other = await forge.second().changes.open(SHOP, { ...change, sourceBranch: 'other' });
    const again = await forge.changes.open(SHOP, change);
    expect(other.number).toBe(change.number);
    expect(again.number).not.toBe(change.number);
    expect((await forge.changes.list(SHOP, { sourceBranch: change.sourceBranch, limit: 10 })).map(({ number }) => number)).toEqual([again.number]);
  });

  it('while it held the lock of a branch: the lock is removed once it is old', async () => {
    const { change } = await openChange();
    const lock = join(forge.gitDir(SHOP), 'refs/heads/prod.lock');
    await writeFile(lock, '');
    const long = new Date(Date.now() - 60_000);
    await utimes(lock, long, long);
    expect((await forge.changes.merge(SHOP, change.number, { expectedHead: change.head, by: 'ada' })).kind).toBe('merged');
  });

  it('while another process holds the lock: the merge waits for it', async () => {
    const { change } = await openChange();
    const lock = join(forge.gitDir(SHOP), 'refs/heads/prod.lock');
    await writeFile(lock, '');
    const merging = forge.changes.merge(SHOP, change.number, { expectedHead: change.head, by: 'ada' });
    await sleep(300);
    await unlink(lock);
    expect((await merging).kind).toBe('merged');
  });
});

it('a server and its git processes, killed at any moment again and again, leave every request open with its branch or merged into the target', async () => {
  await openChange();
  const script = join(import.meta.dirname, 'merge-loop.fixture.mjs');
  for (let round = 0; round < 8; round += 1) {
    const child = spawn(process.execPath, [script, forge.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    // it says so after each merge
    await once(child.stdout, 'data');
    await sleep(Math.random() * 100);
    const gits = await childrenOf(child.pid ?? 0);
    for (const pid of [...gits, child.pid ?? 0]) kill(pid);
    await exited;
  }
  const view = createBuiltinForge({ folder: forge.folder, publicUrl: 'http://127.0.0.1', clock: () => instant(Date.now()), staleLockAfter: 100 });
  const changes = await view.changes.list(SHOP, { limit: 500 });
  view.close();
  const { stdout } = await runGit(['rev-list', 'prod'], { gitDir: forge.gitDir(SHOP) });
  const inTarget = stdout.toString('utf8').split('\n');
  expect(changes.some(({ state }) => state === 'merged')).toBe(true);
  for (const change of changes) {
    if (change.state === 'merged') expect(inTarget).toContain(change.mergeCommit);
    else expect(await forge.head(change.sourceBranch)).toBe(change.head);
  }
});

/** Where there is no /proc, git ends by itself when the server is gone. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it was faster
  }
}

it('refuses to take something else for a record, and names it', async () => {
  const { change } = await openChange();
  const other = await forge.commit({ branch: 'second', from: 'main', files: { 's.yaml': 's: 1\n' } });
  const second = await forge.changes.open(SHOP, { ...change, sourceBranch: 'second' });
  const signature = { name: 'x', email: 'x', date: 0 };
  const garbage = await commitTree(forge.gitDir(SHOP), { tree: EMPTY_TREE, parents: [], message: 'not a record', author: signature });
  await updateRefs(forge.gitDir(SHOP), [{ ref: changeRef(change.number), to: garbage }]);

  await expect(forge.changes.get(SHOP, change.number)).rejects.toThrow(changeRef(change.number));
  expect((await forge.changes.list(SHOP, { limit: 10 })).map(({ number }) => number)).toEqual([second.number]);
  expect((await forge.changes.list(SHOP, { state: 'open', limit: 10 })).map(({ head }) => head)).toEqual([other]);
});
