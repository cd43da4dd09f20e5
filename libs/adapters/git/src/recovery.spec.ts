import { chmod, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import { createMirrors } from './create-mirrors.js';
import type { GitMirror } from './git-mirror.js';
import { AUTHOR, EVERYTHING, SHOP, World, bytes, textAt } from './mirror.fixture.js';

describe('a mirror', () => {
  let world: World;
  let mirror: GitMirror;
  let base: CommitSha;
  let head: CommitSha;
  beforeEach(async () => {
    world = await World.create();
    base = await world.remote.commit('dev', { 'a/x': '1' });
    head = await world.remote.commit('dev', { 'a/x': '2' });
    mirror = await world.mirror();
    await mirror.refresh();
  });
  afterEach(() => world.remove());

  const objectFiles = async (): Promise<string[]> => {
    const entries = await readdir(join(world.gitDir(), 'objects'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };

  it.each([
    ['objects are gone', async () => Promise.all((await objectFiles()).map((file) => rm(file)))],
    ['objects are cut off', async () => Promise.all((await objectFiles()).map(async (file) => (await chmod(file, 0o644), truncate(file, 5))))],
    ['objects are garbage', async () => Promise.all((await objectFiles()).map(async (file) => (await chmod(file, 0o644), writeFile(file, 'garbage, and enough of it to be read'))))],
    ['HEAD is empty', async () => writeFile(join(world.gitDir(), 'HEAD'), '')],
    ['its folder is gone', async () => rm(world.gitDir(), { recursive: true })],
  ])('is fetched again when its %s', async (_what, damage) => {
    await mirror.close();
    await damage();
    const again = await world.mirror();
    await again.ensure(head);
    expect(await textAt(again, head, 'a/x')).toBe('2');
    expect((await again.refresh()).get('dev')).toBe(head);
    expect(await again.firstParent(head, { limit: 5 })).toHaveLength(2);
  });

  it('recovers under the hands of many callers', async () => {
    const other = await world.mirror('other');
    await other.refresh();
    await rm(world.gitDir('other'), { recursive: true });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? other.firstParent(head, { limit: 5 }) : other.list(base, EVERYTHING))));
    expect(answers.map((answer) => answer.length)).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 ? 2 : 1)));
  });

  it('that is damaged again at once is not cloned in circles', async () => {
    const ruin = (): Promise<void> => rm(world.gitDir(), { recursive: true });
    await ruin();
    await mirror.firstParent(head, { limit: 1 });
    await ruin();
    await expect(mirror.firstParent(head, { limit: 1 })).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/damaged again/) });
    world.now += 120_000;
    expect(await mirror.firstParent(head, { limit: 1 })).toHaveLength(1);
  });

  it('that cannot be fetched again says so', async () => {
    await rm(world.gitDir(), { recursive: true });
    world.location = { ...world.location, url: join(world.folder, 'away.git') };
    await expect(mirror.firstParent(head, { limit: 1 })).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining('cannot be reached') });
  });

  it('loses the locks of a git that was killed when it is opened', async () => {
    await mirror.close();
    const gitDir = world.gitDir();
    const leftovers = ['packed-refs.lock', 'HEAD.lock', 'config.lock', 'refs/heads/dev.lock', 'objects/pack/tmp_pack_x', 'objects/tmp_obj_x'].map((name) => join(gitDir, name));
    await Promise.all(leftovers.map((file) => writeFile(file, '')));
    const again = await world.mirror();
    const moved = await world.remote.commit('dev', { 'a/x': '3' });
    expect((await again.refresh()).get('dev')).toBe(moved);
    for (const file of leftovers) await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('keeps commits that nobody has pushed yet through its maintenance', async () => {
    const { commit } = await mirror.commit({ parents: [head], edits: [{ path: 'b', file: bytes('kept') }], message: 'm', author: AUTHOR, date: 1 });
    for (let count = 0; count < 5; count += 1) await world.remote.commit('dev', { 'a/x': `m${count}` });
    const moved = (await mirror.refresh()).get('dev');
    expect(await mirror.maintain()).toBe(false);
    expect(await mirror.maintain({ loose: -1 })).toBe(true);
    const packs = (await readdir(join(world.gitDir(), 'objects', 'pack'))).filter((name) => name.endsWith('.pack'));
    expect(packs).toHaveLength(1);
    expect(await textAt(mirror, commit, 'b')).toBe('kept');
    expect(await mirror.push('sluice/x', commit, undefined)).toBe('pushed');
    expect(await mirror.isAncestor(head, moved ?? head)).toBe(true);
    await runGit(['fsck', '--strict', '--no-dangling'], { gitDir: world.gitDir() });
  });

  it('is opened only by who holds the folder, and given back', async () => {
    const held: string[] = [];
    let refuse = true;
    const mirrors = createMirrors({
      folder: join(world.folder, 'locked'),
      access: { locate: async () => world.location },
      lock: async (folder) => {
        if (refuse) throw new Error('in use by process 1');
        held.push(folder);
        return { release: async () => void held.pop() };
      },
    });
    await expect(mirrors.open(SHOP)).rejects.toThrow('in use by process 1');
    refuse = false;
    await mirrors.open(SHOP);
    expect(held).toEqual([join(world.folder, 'locked')]);
    await mirrors.close();
    expect(held).toEqual([]);
  });
});
