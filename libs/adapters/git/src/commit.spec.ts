import { fastImport, runGit } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import type { FileEdit, NewCommit } from '@sluice/usecases';
import fc from 'fast-check';
import type { GitMirror } from './git-mirror.js';
import { AUTHOR, EVERYTHING, NO_COMMIT, World, bytes, textAt } from './mirror.fixture.js';

describe('a commit of the mirror', () => {
  let world: World;
  let mirror: GitMirror;
  let base: CommitSha;
  const make = (edits: readonly FileEdit[], more: Partial<NewCommit> = {}): NewCommit => ({ parents: [base], edits, message: 'Promote checkout\n', author: AUTHOR, date: 1_700_000_000, ...more });
  const write = async (edits: readonly FileEdit[], more?: Partial<NewCommit>): Promise<CommitSha> => (await mirror.commit(make(edits, more))).commit;
  const list = async (commit: CommitSha): Promise<string[]> => (await mirror.list(commit, EVERYTHING)).map(({ path, mode }) => `${mode} ${path}`);

  beforeAll(async () => {
    world = await World.create();
    base = await world.remote.commit('dev', { 'apps/a/x.yaml': '1', 'apps/a/y.yaml': '2', 'apps/b/z.yaml': '3', README: 'r' });
    mirror = await world.mirror();
    await mirror.refresh();
  });
  afterAll(async () => {
    await runGit(['fsck', '--strict', '--no-dangling'], { gitDir: world.gitDir() });
    await world.remove();
  });

  it('changes, adds and deletes files and leaves the rest', async () => {
    const commit = await write([{ path: 'apps/a/x.yaml', file: bytes('new') }, { path: 'apps/c/run', file: bytes('#!', '100755') }, { path: 'apps/a/y.yaml' }, { path: 'link', file: bytes('README', '120000') }]);
    expect(await list(commit)).toEqual(['100644 README', '100644 apps/a/x.yaml', '100644 apps/b/z.yaml', '100755 apps/c/run', '120000 link']);
    expect(await textAt(mirror, commit, 'apps/a/x.yaml')).toBe('new');
    expect(await mirror.isAncestor(base, commit)).toBe(true);
  });

  it('is the same in every mirror, in any order of its edits', async () => {
    const edits = [{ path: 'apps/a/x.yaml', file: bytes('new') }, { path: 'apps/b/z.yaml' }, { path: 'n/m', file: bytes('') }];
    const other = await world.mirror('other');
    await other.ensure(base);
    expect(await other.commit(make([...edits].reverse()))).toEqual(await mirror.commit(make(edits)));
  });

  it('has author, committer, dates, parents and message from its input alone', async () => {
    const second = await write([{ path: 'x', file: bytes('x') }]);
    const commit = await write([], { parents: [base, second], message: 'Subject\n\nBody: ä\n', date: 1_600_000_000 });
    const { stdout } = await runGit(['cat-file', 'commit', commit], { gitDir: world.gitDir() });
    expect(stdout.toString().split('\n').slice(1)).toEqual([
      `parent ${base}`,
      `parent ${second}`,
      'author Sluice <sluice@example.org> 1600000000 +0000',
      'committer Sluice <sluice@example.org> 1600000000 +0000',
      '',
      'Subject',
      '',
      'Body: ä',
      '',
    ]);
  });

  it('can begin a history', async () => {
    expect(await list(await write([{ path: 'first', file: bytes('1') }], { parents: [] }))).toEqual(['100644 first']);
  });

  it('removes a folder with its last file', async () => {
    expect(await list(await write([{ path: 'apps/a/x.yaml' }, { path: 'apps/a/y.yaml' }, { path: 'apps/b/z.yaml' }]))).toEqual(['100644 README']);
  });

  it('turns a file into a folder and a folder into a file', async () => {
    const commit = await write([{ path: 'README' }, { path: 'README/en', file: bytes('hello') }, { path: 'apps/a/x.yaml' }, { path: 'apps/a/y.yaml' }, { path: 'apps/a', file: bytes('file') }]);
    expect(await list(commit)).toEqual(['100644 README/en', '100644 apps/a', '100644 apps/b/z.yaml']);
  });

  it('deletes nothing when it deletes what is not there', async () => {
    const { tree } = await mirror.commit(make([{ path: 'none' }, { path: 'README/below/a/file' }, { path: 'apps/none/x' }]));
    expect(tree).toBe((await mirror.commit(make([]))).tree);
  });

  it('is what fast-import makes of the same edits', async () => {
    const name = fc.constantFrom('a', 'b', 'a.b', 'a-', 'ä');
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
    const edit = fc.record({ path, file: fc.option(fc.record({ mode: fc.constantFrom('100644', '100755'), bytes: fc.uint8Array({ maxLength: 3 }) }), { nil: undefined }) });
    const withoutCollision = (edits: readonly FileEdit[]): boolean => !edits.some(({ path: outer, file }) => file && edits.some(({ path: inner }) => inner.startsWith(`${outer}/`)));
    const edits = fc.uniqueArray(edit, { maxLength: 6, selector: ({ path: unique }) => unique }).filter((list) => withoutCollision(list as FileEdit[]));
    let parent = base;
    await fc.assert(
      fc.asyncProperty(edits, async (list) => {
        const input = make(list, { parents: [parent] });
        const ours = await mirror.commit(input);
        expect(ours).toEqual(await fastImport(world.gitDir(), { parents: [parent], edits: list, message: input.message, author: { ...AUTHOR, date: input.date } }));
        parent = ours.commit;
      }),
      { numRuns: 60 },
    );
  });

  it('keeps names that are not UTF-8 as they are', async () => {
    const tree = Buffer.concat([Buffer.from('100644 '), Buffer.from([0xff, 0xfe]), Buffer.from([0]), Buffer.from((await mirror.entries(base, ['README'])).get('README')?.sha ?? '', 'hex')]);
    const { stdout } = await runGit(['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], { gitDir: world.gitDir(), input: tree });
    const parent = await runGit(['commit-tree', '-m', 'odd', stdout.toString().trim()], { gitDir: world.gitDir(), env: { GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x', GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x' } });
    const commit = await write([{ path: 'new', file: bytes('n') }], { parents: [parent.stdout.toString().trim() as CommitSha] });
    const names = await runGit(['ls-tree', '-z', '--name-only', commit], { gitDir: world.gitDir() });
    expect(names.stdout).toEqual(Buffer.concat([Buffer.from('new\0'), Buffer.from([0xff, 0xfe, 0])]));
  });

  it.each<[string, readonly FileEdit[], string]>([
    ['leaves the repository', [{ path: '../x', file: bytes('') }], '".."'],
    ['goes into .git', [{ path: 'a/.Git/hooks/pre-commit', file: bytes('') }], '.git'],
    ['is absolute', [{ path: '/etc/passwd' }], 'absolute'],
    ['has a control character', [{ path: 'a\nb', file: bytes('') }], 'control'],
    ['has a mode that git does not know', [{ path: 'a', file: bytes('', '100777') }], 'mode'],
    ['is a submodule of no commit', [{ path: 'a', file: bytes('not a commit', '160000') }], 'submodule'],
    ['is edited twice', [{ path: 'a', file: bytes('1') }, { path: 'a' }], 'twice'],
    ['would be a file and a folder', [{ path: 'a', file: bytes('1') }, { path: 'a/b/c', file: bytes('2') }], 'needs it as a folder'],
  ])('is refused when a path %s', async (_what, edits, reason) => {
    await expect(mirror.commit(make(edits))).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(reason) });
  });

  it('needs its parents', async () => {
    await expect(mirror.commit(make([], { parents: [NO_COMMIT] }))).rejects.toMatchObject({ kind: 'not-found' });
  });
});
