import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
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

async function recordsOf(): Promise<string> {
  const folder = join(ground.dataFolder, 'targets');
  return join(folder, (await readdir(folder))[0] ?? '');
}
