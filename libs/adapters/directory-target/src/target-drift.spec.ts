import { chmod, mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitOf, createPlayground, type Playground, textsIn } from './files.fixture.js';

const C1 = '1'.repeat(40);
const C2 = '2'.repeat(40);

let ground: Playground;
beforeEach(async () => {
  ground = await createPlayground();
});
let stopWatching: () => Promise<void> = async () => undefined;
afterEach(async () => {
  await stopWatching();
  await ground.remove();
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

  it('does not wake the watcher by its own writes', async () => {
    const { target, calls } = await watched();
    await target.apply(C2, commitOf({ 'a.yaml': 'A', 'new/c.yaml': 'c' }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(calls()).toBe(0);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['changes a file', () => writeFile(join(ground.folder, 'new/c.yaml'), 'changed')],
    ['deletes a file', () => rm(join(ground.folder, 'a.yaml'))],
    ['deletes a folder', () => rm(join(ground.folder, 'new'), { recursive: true })],
    ['replaces a folder by a link', () => rename(join(ground.folder, 'new'), join(ground.base, 'new')).then(() => symlink(join(ground.base, 'new'), join(ground.folder, 'new')))],
    ['makes a file executable', () => chmod(join(ground.folder, 'a.yaml'), 0o755)],
    ['adds a file', () => writeFile(join(ground.folder, 'new/foreign'), '')],
  ])('wakes the watcher when another hand %s', async (_, act) => {
    const { target, woken } = await watched();
    await target.apply(C2, commitOf({ 'a.yaml': 'A', 'new/c.yaml': 'c' }));
    await act();
    await woken;
    expect((await target.drift()).length).toBeGreaterThan(0);
  });

  it('wakes the watcher in a folder that was deleted and made again', async () => {
    const { target, calls } = await watched();
    await rm(join(ground.folder, 'sub'), { recursive: true });
    await target.apply(C1, commitOf({ 'a.yaml': 'a', 'sub/b.yaml': 'b' }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    const before = calls();
    await writeFile(join(ground.folder, 'sub/b.yaml'), 'changed');
    while (calls() === before) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

describe('a file as it is', () => {
  it('is read with its mode, but through no link, and not when it is larger than wanted', async () => {
    const target = await ground.open();
    await target.apply(C1, commitOf({ 'a.yaml': 'a', 'sub/b.yaml': 'b' }));
    await writeFile(join(ground.folder, 'sub/b.yaml'), 'by hand');
    await chmod(join(ground.folder, 'sub/b.yaml'), 0o755);
    expect(await target.read('sub/b.yaml', 100)).toEqual({ mode: '100755', bytes: Buffer.from('by hand') });
    expect(await target.read('sub/b.yaml', 6)).toBeUndefined();
    expect(await target.read('sub', 100)).toBeUndefined();
    expect(await target.read('nothing', 100)).toBeUndefined();
    await rm(join(ground.folder, 'a.yaml'));
    await symlink('sub/b.yaml', join(ground.folder, 'a.yaml'));
    await symlink('sub', join(ground.folder, 'alias'));
    expect(await target.read('a.yaml', 100)).toBeUndefined();
    expect(await target.read('alias/b.yaml', 100)).toBeUndefined();
  });
});

async function watched() {
  const target = await ground.open();
  await target.apply(C1, commitOf({ 'a.yaml': 'a', 'sub/b.yaml': 'b' }));
  let count = 0;
  let wake: () => void = () => undefined;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  stopWatching = await target.watch(() => {
    count += 1;
    wake();
  });
  return { target, woken, calls: () => count };
}
