import { commitTree, formatCommit, writeCommitObject } from './commit-tree.js';
import { fastImport } from './fast-import.js';
import { writeLooseObject } from './loose-object.js';
import { mergeTree } from './merge-tree.js';
import { pathProblem } from './path-problem.js';
import { AUTHOR, type TestRepository, testRepository } from './repository.fixture.js';
import { formatTree, parseTree } from './tree.js';
import { runGit } from './run-git.js';

describe('writing into a repository', () => {
  let repository: TestRepository;
  const file = (text: string, mode = '100644') => ({ mode, bytes: Buffer.from(text) });
  const listing = (commit: string): Promise<string> => repository.git('-c', 'core.quotePath=false', 'ls-tree', '-r', '--format=%(objectmode) %(path)', commit);
  beforeEach(async () => (repository = await testRepository()));
  afterEach(async () => {
    await repository.git('fsck', '--strict', '--no-dangling');
    await repository.remove();
  });

  describe('by fast-import', () => {
    it('keeps modes and odd names', async () => {
      const paths = ['a "quoted"\\name', 'ä/ö', ' leading', '-dash', '$(x)'];
      const edits = [...paths.map((path) => ({ path, file: file('x') })), { path: 'run', file: file('#!', '100755') }, { path: 'link', file: file('run', '120000') }];
      const { commit } = await fastImport(repository.gitDir, { parents: [], edits, message: 'All\n', author: AUTHOR });
      const { stdout } = await runGit(['ls-tree', '-r', '-z', '--name-only', commit], { gitDir: repository.gitDir });
      expect(stdout.toString().split('\0').filter(Boolean).sort()).toEqual([...paths, 'run', 'link'].sort());
      expect(await listing(commit)).toContain('100755 run\n');
      expect(await listing(commit)).toContain('120000 link');
    });

    it('turns files into folders and folders into files', async () => {
      const { commit } = await repository.commit({ 'a/b': '1', c: '2' });
      const edits = [{ path: 'a', file: file('3') }, { path: 'c/d', file: file('4') }, { path: 'c' }, { path: 'a/b' }];
      const after = await fastImport(repository.gitDir, { parents: [commit], edits, message: 'Swap\n', author: AUTHOR });
      expect(await listing(after.commit)).toBe('100644 a\n100644 c/d');
    });

    it('leaves no reference behind, even when many write at once', async () => {
      const commits = await Promise.all(Array.from({ length: 12 }, (_, index) => repository.commit({ [`f${index}`]: 'x' })));
      expect(new Set(commits.map(({ commit }) => commit)).size).toBe(12);
      expect(await repository.git('for-each-ref')).toBe('');
    });

    it('gives the same commit for the same input', async () => {
      const other = await testRepository();
      expect(await repository.commit({ a: '1' })).toEqual(await other.commit({ a: '1' }));
      await other.remove();
    });

    it('refuses a path or a mode before git sees it', async () => {
      const attempt = (path: string, mode = '100644') => fastImport(repository.gitDir, { parents: [], edits: [{ path, file: file('x', mode) }], message: 'm', author: AUTHOR });
      await expect(attempt('../etc/passwd')).rejects.toMatchObject({ reason: 'argument', message: expect.stringContaining('segment ".."') });
      await expect(attempt('a', '100666')).rejects.toMatchObject({ reason: 'argument', message: expect.stringContaining('mode') });
    });
  });

  it.each([
    ['', 'empty'],
    ['/a', 'absolute'],
    ['a//b', 'empty segment'],
    ['a/', 'empty segment'],
    ['a/./b', 'segment "."'],
    ['../a', 'segment ".."'],
    ['.git/config', '.git'],
    ['a/.GIT/hooks', '.git'],
    ['a/.git. /x', '.git'],
    ['git~1', '.git'],
    ['.g\u200cit/config', '.git'],
    ['.git::$INDEX_ALLOCATION', '.git'],
    ['a\nb', 'control'],
    ['a\u0000b', 'control'],
    ['a\ud800', 'UTF-8'],
    ['a\ufffd', 'UTF-8'],
    ['x'.repeat(5_000), 'longer'],
  ])('does not store the path %j', (path, reason) => {
    expect(pathProblem(path)).toContain(reason);
  });

  it.each(['.gitignore', 'a/.github/x', '.git-blame', '...', '-rf', 'a b', 'ä', 'git~2'])('stores the path %j', (path) => {
    expect(pathProblem(path)).toBeUndefined();
  });

  it('writes objects that git reads, under the names that git gives them', async () => {
    const blob = await writeLooseObject(repository.gitDir, 'blob', Buffer.from('hello\n'));
    const tree = await writeLooseObject(repository.gitDir, 'tree', formatTree([{ mode: '100644', name: 'a.b', sha: blob }, { mode: '100644', name: 'a', sha: blob }]));
    const input = { tree, parents: [], message: 'Hello\n', author: { ...AUTHOR, name: ' <Ada>\n ' } };
    const commit = await writeLooseObject(repository.gitDir, 'commit', formatCommit(input));
    expect(blob).toBe((await runGit(['hash-object', '--stdin'], { input: 'hello\n' })).stdout.toString().trim());
    expect(commit).toBe(await commitTree(repository.gitDir, input));
    expect(commit).toBe(await writeCommitObject(repository.gitDir, { ...input, message: 'Hello' }, { flush: true }));
    expect(await listing(commit)).toBe('100644 a\n100644 a.b');
    expect(await writeLooseObject(repository.gitDir, 'blob', Buffer.from('hello\n'))).toBe(blob);
  });

  it('sorts a folder as git does, and loses no byte of a name', async () => {
    const { tree: folder } = await repository.commit({ x: '1' });
    const blob = await writeLooseObject(repository.gitDir, 'blob', Buffer.from(''));
    const odd = Buffer.from([0xff, 0xfe]).toString('latin1');
    const items = [{ mode: '40000', name: 'a', sha: folder }, { mode: '100644', name: 'a.txt', sha: blob }, { mode: '100644', name: 'a0', sha: blob }, { mode: '100644', name: odd, sha: blob }];
    const bytes = formatTree(items);
    expect(parseTree(bytes, 20, 'latin1').map(({ name }) => name)).toEqual(['a.txt', 'a', 'a0', odd]);
    expect(formatTree(parseTree(bytes, 20, 'latin1'))).toEqual(bytes);
    await writeLooseObject(repository.gitDir, 'tree', bytes);
  });

  it('reads the modes of old tools as git does', () => {
    const entry = (mode: string) => parseTree(Buffer.concat([Buffer.from(`${mode} a\0`), Buffer.alloc(20)]))[0]?.mode;
    expect(['040000', '100664', '100775', '120000', '160000'].map(entry)).toEqual(['40000', '100644', '100755', '120000', '160000']);
  });

  it('does not take a broken tree apart', () => {
    expect(() => parseTree(Buffer.from('100644 a\0short'))).toThrow('malformed tree');
  });

  describe('a merge of three trees', () => {
    it('takes both sides', async () => {
      const base = await repository.commit({ a: '1\n', b: '1\n' });
      const ours = await repository.commit({ a: '2\n' }, base.commit);
      const theirs = await repository.commit({ b: '2\n' }, base.commit);
      const both = await repository.commit({ a: '2\n', b: '2\n' });
      expect(await mergeTree(repository.gitDir, base.tree, ours.tree, theirs.tree)).toEqual({ kind: 'clean', tree: both.tree });
    });

    it('uses the base that it is given, not one from history', async () => {
      const [base, side] = [await repository.commit({ a: '1\n' }), await repository.commit({ a: '2\n' })];
      expect(await mergeTree(repository.gitDir, side.tree, side.tree, base.tree)).toEqual({ kind: 'clean', tree: base.tree });
    });

    it('names the paths in conflict', async () => {
      const base = await repository.commit({ a: '1\n', b: '1\n' });
      const ours = await repository.commit({ a: '2\n' }, base.commit);
      const theirs = await repository.commit({ a: '3\n', b: '2\n' }, base.commit);
      expect(await mergeTree(repository.gitDir, base.tree, ours.tree, theirs.tree)).toEqual({ kind: 'conflict', paths: ['a'], message: 'CONFLICT (content): Merge conflict in a' });
    });
  });

  it('refuses what is no object name', async () => {
    await expect(commitTree(repository.gitDir, { tree: '--help', parents: [], message: 'm', author: AUTHOR })).rejects.toMatchObject({ reason: 'argument' });
  });
});
