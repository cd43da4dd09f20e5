import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput } from '@sluice/kernel';
import { DirectoryTarget } from './directory-target.js';
import { commitOf, createPlayground, type Playground, textsIn } from './files.fixture.js';

const C1 = '1'.repeat(40);
const C2 = '2'.repeat(40);

let ground: Playground;
beforeEach(async () => {
  ground = await createPlayground();
});
afterEach(() => ground.remove());

describe('a folder as a target', () => {
  it('holds exactly the files of a commit, with their modes', async () => {
    const target = await ground.open();
    const result = await target.apply(C1, commitOf({ 'a.yaml': 'a', 'deep/er/run.sh': '#!/bin/sh\n' }, { 'deep/er/run.sh': '100755' }));
    expect(result).toEqual({ written: 2, deleted: 0, unchanged: 0, failed: [] });
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'a', 'deep/er/run.sh': '#!/bin/sh\n' });
    expect((await stat(join(ground.folder, 'deep/er/run.sh'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(ground.folder, 'a.yaml'))).mode & 0o777).toBe(0o644);
    expect(await target.applied()).toBe(C1);
  });

  it('deletes what git no longer has and the folders that it made for it, and leaves the rest alone', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a', 'old/deep/b.yaml': 'b', 'shared/c.yaml': 'c' }));
    await writeFile(join(ground.folder, 'shared/notes.txt'), 'mine');
    const result = await target.apply(C2, commitOf({ 'a.yaml': 'a' }));
    expect(result).toEqual({ written: 0, deleted: 2, unchanged: 1, failed: [] });
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'a', 'shared/notes.txt': 'mine' });
    expect(await target.drift()).toEqual([{ path: 'shared/notes.txt', kind: 'foreign' }]);
  });

  it('turns a file into a folder and back', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ thing: 'file' }));
    await target.apply(C2, commitOf({ 'thing/inside': 'folder' }));
    expect(await textsIn(ground.folder)).toEqual({ 'thing/inside': 'folder' });
    const back = await target.apply(C1, commitOf({ thing: 'file' }));
    expect(back.failed).toEqual([]);
    expect(await textsIn(ground.folder)).toEqual({ thing: 'file' });
  });

  it('remembers over a restart what it owns', async () => {
    await (await ground.open()).apply(C1, commitOf({ 'a.yaml': 'a', 'b.yaml': 'b' }));
    const again = await ground.open();
    expect(await again.applied()).toBe(C1);
    expect(await again.drift({ deep: true })).toEqual([]);
    await again.apply(C2, commitOf({ 'b.yaml': 'B' }));
    expect(await textsIn(ground.folder)).toEqual({ 'b.yaml': 'B' });
  });

  it('reads nothing from git for files that did not change', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a' }));
    const unreadable = commitOf({ 'a.yaml': 'a' }).map((file) => ({ ...file, read: () => Promise.reject(new Error('read')) }));
    expect(await target.apply(C2, unreadable)).toMatchObject({ unchanged: 1, failed: [] });
  });

  it('applies the others when one file cannot be read, and is not done', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a', 'b.yaml': 'b' }));
    const files = commitOf({ 'a.yaml': 'A', 'b.yaml': 'B' });
    const result = await target.apply(C2, [{ ...files[0]!, read: () => Promise.reject(new Error('the object is missing')) }, files[1]!]);
    expect(result.failed).toEqual([{ path: 'a.yaml', message: 'the object is missing' }]);
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'a', 'b.yaml': 'B' });
    expect(await target.applied()).toBeUndefined();
    await target.apply(C2, files);
    expect(await target.applied()).toBe(C2);
  });

  it('stops between two files when told, and finishes later', async () => {
    const target = await ground.open();
    const stop = new AbortController();
    const files = commitOf(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, String(index)])));
    const stopping = files.map((file, index) => (index === 10 ? { ...file, read: async () => (stop.abort(), file.read()) } : file));
    const result = await target.apply(C1, stopping, { signal: stop.signal });
    expect(result.interrupted).toBe(true);
    expect(result.written).toBeLessThan(50);
    expect(await target.applied()).toBeUndefined();
    await target.apply(C1, files);
    expect(Object.keys(await textsIn(ground.folder))).toHaveLength(50);
    expect(await target.applied()).toBe(C1);
  });
});

describe('a kill in the middle of an apply', () => {
  it('never makes it forget a file: what was written is deleted when git drops it', async () => {
    const target = await ground.open();
    const files = commitOf({ 'a.yaml': 'a', 'b.yaml': 'b' });
    // everything after this read is lost, as with kill -9: the process that reads next has only the disk
    let lost: DirectoryTarget | undefined;
    const killed = target.apply(C1, [files[0]!, { ...files[1]!, read: () => new Promise<Uint8Array>(() => (lost = target)) }]);
    void killed;
    while (!lost || !existsSync(join(ground.folder, 'a.yaml'))) await new Promise((resolve) => setTimeout(resolve, 5));
    const next = await ground.open();
    expect(await next.applied()).toBeUndefined();
    await next.apply(C2, commitOf({ 'c.yaml': 'c' }));
    expect(await textsIn(ground.folder)).toEqual({ 'c.yaml': 'c' });
  });

  it('leaves temporary files that the next apply clears and drift does not list', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'x/a.yaml': 'a' }));
    const records = JSON.parse(await readFile(await recordsOf(), 'utf8')) as { id: string };
    await writeFile(join(ground.folder, `x/.sluice-${records.id}-abcdef`), 'half');
    expect(await target.drift()).toEqual([]);
    await target.apply(C2, commitOf({ 'x/a.yaml': 'a2' }));
    expect(await textsIn(ground.folder)).toEqual({ 'x/a.yaml': 'a2' });
  });
});

describe('an unfit place', () => {
  it.each([
    ['the root of the file system', () => '/'],
    ['a home folder', () => homedir()],
    ['what holds a home folder', () => join(homedir(), '..')],
    ['a system folder', () => '/etc'],
    ['the agent\'s folder', () => ground.dataFolder],
    ['what holds the agent\'s folder', () => ground.base],
    ['a folder inside the agent\'s folder', () => join(ground.dataFolder, 'inside')],
    ['a relative path', () => 'live'],
  ])('is refused: %s', async (_, folder) => {
    await mkdir(ground.dataFolder, { recursive: true });
    const target = new DirectoryTarget({ folder: folder(), dataFolder: ground.dataFolder, adopt: true });
    await expect(target.prepare()).rejects.toThrow(InvalidInput);
    await expect(target.prepare()).rejects.toThrow('SLUICE_TARGET_DIR');
  });

  it('is refused through a link as well', async () => {
    await mkdir(ground.dataFolder, { recursive: true });
    await symlink(ground.dataFolder, ground.folder);
    await expect(ground.open({ adopt: true })).rejects.toThrow('the folder of the agent itself');
  });

  it('is a folder with files, until it is adopted; adopting takes what git has and leaves the rest', async () => {
    await mkdir(ground.folder);
    await writeFile(join(ground.folder, 'a.yaml'), 'older');
    await writeFile(join(ground.folder, 'notes.txt'), 'mine');
    await expect(ground.open()).rejects.toThrow('SLUICE_ADOPT=true');
    const target = await ground.open({ adopt: true });
    await target.apply(C1, commitOf({ 'a.yaml': 'a' }));
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'a', 'notes.txt': 'mine' });
    await target.apply(C2, commitOf({ 'b.yaml': 'b' }));
    expect(await textsIn(ground.folder)).toEqual({ 'b.yaml': 'b', 'notes.txt': 'mine' });
  });

  it('is one whose records cannot be read: nothing is written or deleted', async () => {
    await (await ground.open()).apply(C1, commitOf({ 'a.yaml': 'a' }));
    await writeFile(await recordsOf(), '{"version":1');
    await expect(ground.open({ adopt: true })).rejects.toThrow('restore the agent\'s folder');
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'a' });
  });
});

describe('foreign files', () => {
  it('in the place of a new one are not overwritten; the same content is taken over', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a' }));
    await writeFile(join(ground.folder, 'new.yaml'), 'mine');
    await writeFile(join(ground.folder, 'same.yaml'), 'same');
    const result = await target.apply(C2, commitOf({ 'a.yaml': 'a', 'new.yaml': 'git', 'same.yaml': 'same' }));
    expect(result.failed).toEqual([{ path: 'new.yaml', message: expect.stringContaining('not Sluice\'s') as string }]);
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'a', 'new.yaml': 'mine', 'same.yaml': 'same' });
    await target.apply(C1, commitOf({ 'a.yaml': 'a' }));
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'a', 'new.yaml': 'mine' });
  });
});

describe('hostile trees and targets', () => {
  it('refuses symbolic links, submodules and paths that lead out, one by one', async () => {
    const target = await ground.open();
    const texts = { 'ok.yaml': 'ok', link: '/etc/passwd', module: 'x', '../out': 'x', '/abs': 'x', 'a/../b': 'x', 'nul\0': 'x' };
    const result = await target.apply(C1, commitOf(texts, { link: '120000', module: '160000' }));
    expect(result.failed.map((failure) => failure.path).sort()).toEqual(Object.keys(texts).filter((path) => path !== 'ok.yaml').sort());
    expect(await textsIn(ground.base)).toMatchObject({ 'live/ok.yaml': 'ok' });
    expect(Object.keys(await textsIn(ground.folder))).toEqual(['ok.yaml']);
    expect(await target.applied()).toBeUndefined();
  });

  it('refuses names that differ only in case, naming both, and keeps what was there', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'Readme.md': 'one', 'x.yaml': 'x' }));
    const result = await target.apply(C2, commitOf({ 'Readme.md': 'two', 'README.md': 'three', 'x.yaml': 'X', 'App/a': '', 'app/b': '' }));
    expect(result.failed).toContainEqual({ path: 'README.md', message: 'README.md and Readme.md differ only in case: rename one' });
    expect(result.failed.map((failure) => failure.path).sort()).toEqual(['App/a', 'README.md', 'Readme.md', 'app/b']);
    expect(await textsIn(ground.folder)).toEqual({ 'Readme.md': 'one', 'x.yaml': 'X' });
  });

  it('follows no link planted for a folder: neither writes, nor deletes, nor chmods through it', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'sub/a.yaml': 'a', 'sub/b.yaml': 'b', 'z.yaml': 'z' }));
    const outside = join(ground.base, 'outside');
    await rename(join(ground.folder, 'sub'), outside);
    await symlink(outside, join(ground.folder, 'sub'));
    await writeFile(join(outside, 'a.yaml'), 'precious');
    const result = await target.apply(C2, commitOf({ 'sub/a.yaml': 'new', 'z.yaml': 'Z' }));
    expect(result.failed.map((failure) => failure.message)).toEqual([expect.stringContaining('sub is a symbolic link'), expect.stringContaining('sub is a symbolic link')]);
    expect(await textsIn(outside)).toEqual({ 'a.yaml': 'precious', 'b.yaml': 'b' });
    expect(await readFile(join(ground.folder, 'z.yaml'), 'utf8')).toBe('Z');
    await rm(join(ground.folder, 'sub'));
    expect((await target.apply(C2, commitOf({ 'sub/a.yaml': 'new', 'z.yaml': 'Z' }))).failed).toEqual([]);
  });

  it('replaces a link planted for a file and leaves what it points to alone', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a' }));
    const outside = join(ground.base, 'precious');
    await writeFile(outside, 'precious');
    await rm(join(ground.folder, 'a.yaml'));
    await symlink(outside, join(ground.folder, 'a.yaml'));
    expect(await target.drift()).toEqual([{ path: 'a.yaml', kind: 'modified' }]);
    await target.apply(C1, commitOf({ 'a.yaml': 'a' }));
    expect(await readFile(outside, 'utf8')).toBe('precious');
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'a' });
  });

  it('names a folder that is in the place of a file, and applies the rest', async () => {
    const target = await ground.open();
    await mkdir(join(ground.folder, 'a.yaml'));
    const result = await target.apply(C1, commitOf({ 'a.yaml': 'a', 'b.yaml': 'b' }));
    expect(result.failed).toEqual([{ path: 'a.yaml', message: 'a folder is in its place: move it away' }]);
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml/': '', 'b.yaml': 'b' });
  });
});

describe('drift', () => {
  it('lists what was modified, is missing or is foreign, and an apply undoes the first two', async () => {
    const target = await ground.open();
    const files = commitOf({ 'a.yaml': 'a', 'b.yaml': 'b', 'c.yaml': 'c', 'd/e.yaml': 'e' });
    await target.apply(C1, files);
    await writeFile(join(ground.folder, 'a.yaml'), 'A');
    await rm(join(ground.folder, 'b.yaml'));
    await chmod(join(ground.folder, 'c.yaml'), 0o755);
    await mkdir(join(ground.folder, 'foreign'));
    expect(await target.drift()).toEqual([
      { path: 'a.yaml', kind: 'modified' },
      { path: 'b.yaml', kind: 'missing' },
      { path: 'c.yaml', kind: 'modified' },
      { path: 'foreign/', kind: 'foreign' },
    ]);
    expect(await target.apply(C1, files)).toMatchObject({ written: 3, unchanged: 1 });
    expect(await target.drift()).toEqual([{ path: 'foreign/', kind: 'foreign' }]);
  });

  it('is seen where size and modification time were put back', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a' }));
    const at = join(ground.folder, 'a.yaml');
    const before = await stat(at);
    await writeFile(at, 'b');
    await utimes(at, before.atime, before.mtime);
    expect(await target.drift()).toEqual([{ path: 'a.yaml', kind: 'modified' }]);
  });

  it('is not a file whose time alone changed', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a' }));
    await utimes(join(ground.folder, 'a.yaml'), 1, 1);
    expect(await target.drift()).toEqual([]);
  });

  it('leaves what it is told to leave', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a', 'b.yaml': 'b' }));
    await writeFile(join(ground.folder, 'a.yaml'), 'mine');
    await target.apply(C1, commitOf({ 'a.yaml': 'a', 'b.yaml': 'b' }), { leave: new Set(['a.yaml']) });
    expect(await textsIn(ground.folder)).toEqual({ 'a.yaml': 'mine', 'b.yaml': 'b' });
  });

  it('wakes the watcher for another hand and not for its own writes', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a', 'sub/b.yaml': 'b' }));
    let calls = 0;
    let woken: () => void = () => undefined;
    const stop = await target.watch(() => {
      calls += 1;
      woken();
    });
    await target.apply(C2, commitOf({ 'a.yaml': 'A', 'new/c.yaml': 'c' }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(calls).toBe(0);
    const seen = new Promise<void>((resolve) => (woken = resolve));
    await writeFile(join(ground.folder, 'new/c.yaml'), 'changed');
    await seen;
    await stop();
    expect(await target.drift()).toEqual([{ path: 'new/c.yaml', kind: 'modified' }]);
  });
});

async function recordsOf(): Promise<string> {
  const folder = join(ground.dataFolder, 'targets');
  return join(folder, (await readdir(folder))[0] ?? '');
}
