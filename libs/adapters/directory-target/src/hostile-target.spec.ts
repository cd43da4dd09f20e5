import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitOf, createPlayground, type Playground, textsIn } from './files.fixture.js';

const C1 = '1'.repeat(40);
const C2 = '2'.repeat(40);

let ground: Playground;
beforeEach(async () => {
  ground = await createPlayground();
});
afterEach(() => ground.remove());

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
