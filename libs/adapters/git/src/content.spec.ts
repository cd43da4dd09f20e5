import { gitCounters, runGit } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import { EVERYTHING, NO_COMMIT, NO_OBJECT, World, select, textAt } from './mirror.fixture.js';
import type { GitMirror } from './git-mirror.js';

const APPLICATIONS = 40;
const checkout = select('apps/app1/**', ['**/env/**']);

describe('the content of commits', () => {
  let world: World;
  let mirror: GitMirror;
  let base: CommitSha;
  const change = async (files: Readonly<Record<string, string | null>>): Promise<CommitSha> => {
    const commit = await world.remote.commit('dev', files);
    await mirror.refresh();
    return commit;
  };

  beforeAll(async () => {
    world = await World.create();
    const files: Record<string, string> = { 'README.md': 'hello' };
    for (let app = 0; app < APPLICATIONS; app += 1) {
      for (const file of ['base/a.yaml', 'base/b.yaml', 'env/dev.yaml', 'deep/er/c.yaml']) files[`apps/app${app}/${file}`] = `${app} ${file}`;
    }
    base = await world.remote.commit('dev', files);
    mirror = await world.mirror();
    await mirror.refresh();
  });
  afterAll(() => world.remove());

  describe('as a key', () => {
    it('is the same when only other files change', async () => {
      const before = await mirror.contentKey(base, checkout);
      const after = await change({ 'apps/app2/base/a.yaml': 'other', 'apps/app1/env/dev.yaml': 'other', 'apps/app10/x': 'x', 'README.md': 'x' });
      expect(await mirror.contentKey(after, checkout)).toBe(before);
      expect(before).toMatch(/^[0-9a-f]{64}$/);
    });

    it.each([
      ['a file changes', { 'apps/app1/base/a.yaml': 'changed' }],
      ['a file comes', { 'apps/app1/new/x.yaml': 'new' }],
      ['a file goes', { 'apps/app1/base/b.yaml': null }],
      ['a file moves', { 'apps/app1/base/a.yaml': null, 'apps/app1/base/z.yaml': '1 base/a.yaml' }],
    ])('is another when %s, and the same again when that is undone', async (_what, files) => {
      const at = (await world.remote.head('dev')) ?? base;
      const before = await mirror.contentKey(at, checkout);
      expect(await mirror.contentKey(await change(files), checkout)).not.toBe(before);
      const undo = Object.fromEntries(await Promise.all(Object.keys(files).map(async (path) => [path, (await textAt(mirror, at, path)) ?? null] as const)));
      expect(await mirror.contentKey(await change(undo), checkout)).toBe(before);
    });

    it('does not depend on which mirror computes it', async () => {
      const other = await world.mirror('other');
      await other.ensure(base);
      expect(await other.contentKey(base, checkout)).toBe(await mirror.contentKey(base, checkout));
    });

    it('of nothing is the same at every commit', async () => {
      const nothing = select('none/**');
      expect(await mirror.contentKey(await change({ 'README.md': 'again' }), nothing)).toBe(await mirror.contentKey(base, nothing));
    });

    it('of unchanged folders costs nothing again', async () => {
      const selections = Array.from({ length: APPLICATIONS }, (_, app) => select(`apps/app${app}/**`, ['**/env/**']));
      const keysAt = (commit: CommitSha) => Promise.all(selections.map((selection) => mirror.contentKey(commit, selection)));
      await keysAt((await world.remote.head('dev')) ?? base);
      const after = await change({ 'apps/app3/base/a.yaml': 'one file of one application' });
      const before = gitCounters().objectRequests;
      await keysAt(after);
      // the commit, the root, apps/, and app3 and base/ below it: whatever the number of applications
      expect(gitCounters().objectRequests - before).toBe(5);
    });

    it('of a whole folder does not look into it', async () => {
      const fresh = await world.mirror('fresh');
      await fresh.ensure(base);
      const before = gitCounters().objectRequests;
      await fresh.contentKey(base, select('apps/**'));
      expect(gitCounters().objectRequests - before).toBe(2);
    });

    it('notices an executable bit', async () => {
      const edits = [{ path: 'apps/app1/base/a.yaml', file: { mode: '100755', bytes: Buffer.from('1 base/a.yaml') } }];
      const { commit } = await mirror.commit({ parents: [base], edits, message: 'm', author: { name: 'S', email: 's' }, date: 1 });
      expect(await mirror.contentKey(commit, checkout)).not.toBe(await mirror.contentKey(base, checkout));
    });
  });

  describe('as paths that differ', () => {
    it('are exactly the selected ones', async () => {
      const from = (await world.remote.head('dev')) ?? base;
      const to = await change({ 'apps/app1/base/a.yaml': 'new text', 'apps/app1/deep/er/c.yaml': null, 'apps/app1/env/dev.yaml': 'owned', 'apps/app5/base/a.yaml': 'other', 'apps/app1/added': '+' });
      const changes = await mirror.changedPaths(from, to, checkout);
      expect(changes.map(({ path, before, after }) => [path, before?.mode, after?.mode])).toEqual([
        ['apps/app1/added', undefined, '100644'],
        ['apps/app1/base/a.yaml', '100644', '100644'],
        ['apps/app1/deep/er/c.yaml', '100644', undefined],
      ]);
      expect(Buffer.from(await mirror.blob(changes[1]?.after?.sha ?? NO_OBJECT, 100)).toString()).toBe('new text');
    });

    it('cost as much as there are changed folders', async () => {
      const from = (await world.remote.head('dev')) ?? base;
      const to = await change({ 'apps/app7/base/a.yaml': 'x1' });
      const fresh = await world.mirror('fresh too');
      await fresh.ensure(to);
      const before = gitCounters().objectRequests;
      expect(await fresh.changedPaths(from, to, EVERYTHING)).toHaveLength(1);
      // two commits, and the root, apps/, app7/ and base/ of each
      expect(gitCounters().objectRequests - before).toBe(10);
    });

    it('are what git itself finds, for a file that becomes a folder and the reverse too', async () => {
      const from = await change({ 'swap/a': '1', 'swap/b/c': '2', 'swap/b/d': '3' });
      const to = await change({ 'swap/b/c': null, 'swap/b/d': null, 'swap/b': 'file', 'swap/a': null, 'swap/a/x/y': 'folder' });
      const { stdout } = await runGit(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to], { gitDir: world.remote.path });
      const paths = (await mirror.changedPaths(from, to, EVERYTHING)).map(({ path }) => path);
      expect(paths).toEqual(stdout.toString().split('\0').filter(Boolean).sort());
      expect(paths).toEqual(['swap/a', 'swap/a/x/y', 'swap/b', 'swap/b/c', 'swap/b/d']);
    });
  });

  it('is listed file by file', async () => {
    const files = await mirror.list(base, select(['apps/app1/**', '*.md'], ['**/env/**']));
    expect(files.map(({ path }) => path)).toEqual(['README.md', 'apps/app1/base/a.yaml', 'apps/app1/base/b.yaml', 'apps/app1/deep/er/c.yaml']);
  });

  it('is found by exact path; folders and what is not there are left out', async () => {
    const found = await mirror.entries(base, ['README.md', 'apps/app1/base/a.yaml', 'apps/app1', 'apps/none/x', 'README.md/x', '', '../x']);
    expect([...found.keys()]).toEqual(['README.md', 'apps/app1/base/a.yaml']);
  });

  it('is read only up to the size that the caller wants', async () => {
    const sha = (await mirror.entries(base, ['README.md'])).get('README.md')?.sha ?? NO_OBJECT;
    expect(Buffer.from(await mirror.blob(sha, 5)).toString()).toBe('hello');
    await expect(mirror.blob(sha, 4)).rejects.toMatchObject({ kind: 'too-large', message: expect.stringContaining('5 bytes') });
    await expect(mirror.blob(NO_OBJECT, 4)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('of a commit that is not here is an error that says so', async () => {
    for (const work of [mirror.contentKey(NO_COMMIT, checkout), mirror.list(NO_COMMIT, checkout), mirror.changedPaths(base, NO_COMMIT, checkout)]) {
      await expect(work).rejects.toMatchObject({ kind: 'not-found', message: expect.stringContaining(NO_COMMIT) });
    }
  });

  it('with a malformed glob is an error that names it', async () => {
    await expect(mirror.list(base, select('apps/{a,b}/**'))).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('that is a bomb of folders is refused instead of walked', async () => {
    const { formatTree, writeLooseObject } = await import('@sluice/git-process');
    let mode = '100644';
    let sha = await writeLooseObject(world.remote.path, 'blob', Buffer.from('boom'));
    for (let depth = 0; depth < 12; depth += 1) {
      sha = await writeLooseObject(world.remote.path, 'tree', formatTree(Array.from({ length: 10 }, (_, name) => ({ mode, name: `d${name}`, sha }))));
      mode = '40000';
    }
    const { stdout } = await runGit(['-c', 'user.name=x', '-c', 'user.email=x', 'commit-tree', '-m', 'bomb', sha], { gitDir: world.remote.path });
    const bomb = stdout.toString().trim() as CommitSha;
    await world.remote.set('bomb', bomb);
    await mirror.ensure(bomb);
    await expect(mirror.list(bomb, EVERYTHING)).rejects.toMatchObject({ kind: 'too-large' });
    await expect(mirror.contentKey(bomb, EVERYTHING)).resolves.toBeDefined();
    await expect(mirror.contentKey(bomb, select('**', ['**/env/**']))).rejects.toMatchObject({ kind: 'too-large' });
    await world.remote.set('bomb', null);
  });
});
