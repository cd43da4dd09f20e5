import { readdir } from 'node:fs/promises';
import { fastImport, runGit } from '@sluice/git-process';
import { type CommitSha, Forbidden, InvalidInput, NotFound, TooLarge } from '@sluice/kernel';
import { AUTHOR, EVERYTHING, SHOP, World, bytes, textAt } from './mirror.fixture.js';
import { RemoteRepository, temporaryFolder } from './remote.fixture.js';

describe.each(['path', 'shared', 'in place'] as const)('a pack beside a mirror (%s)', (transport) => {
  let world: World;
  let first: CommitSha;
  /** A clone with a commit that nobody has pushed. */
  let clone: RemoteRepository;
  let mine: CommitSha;

  beforeEach(async () => {
    world = await World.create(transport);
    first = await world.remote.commit('dev', { 'a.yaml': 'a: 1\n', 'big/b.yaml': 'b: 1\n'.repeat(500) });
    clone = new RemoteRepository(`${await temporaryFolder()}/clone.git`);
    await runGit(['clone', '--quiet', '--bare', '--end-of-options', world.remote.path, clone.path], { allowLocal: true });
    mine = await clone.commit('dev', { 'a.yaml': 'a: 2\n', 'big/b.yaml': `${'b: 1\n'.repeat(500)}c: 1\n` });
  });
  afterEach(() => world.remove());

  const packOf = async (commit: CommitSha, ...known: readonly CommitSha[]): Promise<Buffer> =>
    (await runGit(['pack-objects', '--stdout', '--revs', '--thin', '--quiet'], { gitDir: clone.path, input: `${commit}\n${known.map((sha) => `^${sha}\n`).join('')}` })).stdout;
  const objectsIn = async (gitDir: string): Promise<string> => (await runGit(['cat-file', '--batch-all-objects', '--batch-check'], { gitDir })).stdout.toString();
  const leftOvers = async (): Promise<readonly string[]> => (await readdir(`${world.folder}/worker`)).filter((name) => name !== 'shop.git');

  it('is read with what the repository has', async () => {
    const mirrors = world.mirrors();
    const seen = await mirrors.withPack(SHOP, await packOf(mine, first), async (mirror) => {
      expect([await mirror.isAncestor(first, mine), (await mirror.refresh()).get('dev')]).toEqual([true, first]);
      return [await textAt(mirror as never, mine, 'a.yaml'), (await mirror.changedPaths(first, mine, EVERYTHING)).map(({ path }) => path)];
    });
    expect(seen).toEqual(['a: 2\n', ['a.yaml', 'big/b.yaml']]);
    // and nowhere else, once it is over
    expect(await (await mirrors.open(SHOP)).has(mine)).toBe(false);
    expect(await leftOvers()).toEqual([]);
  });

  it('leaves nothing of what is composed with it, and pushes nothing', async () => {
    const mirrors = world.mirrors();
    await (await mirrors.open(SHOP)).refresh();
    const before = [await objectsIn(world.remote.path), await objectsIn(world.gitDir())];
    await mirrors.withPack(SHOP, await packOf(mine, first), async (mirror) => {
      const { commit } = await mirror.commit({ parents: [mine], edits: [{ path: 'c.yaml', file: bytes('c: 1\n') }], message: 'composed', author: AUTHOR, date: 1 });
      expect(await mirror.has(commit)).toBe(true);
      await expect(mirror.push('sluice/promote/qa/shop', commit, undefined)).rejects.toThrow(Forbidden);
      await expect(mirror.advance('dev', mine, first)).rejects.toThrow(Forbidden);
    });
    expect([await objectsIn(world.remote.path), await objectsIn(world.gitDir())]).toEqual(before);
    expect([await world.remote.head('dev'), await world.remote.ref('refs/heads/sluice/promote/qa/shop')]).toEqual([first, undefined]);
  });

  it('is gone also when the work with it fails', async () => {
    await expect(world.mirrors().withPack(SHOP, await packOf(mine, first), () => Promise.reject(new NotFound('on purpose')))).rejects.toThrow('on purpose');
    expect(await leftOvers()).toEqual([]);
  });

  it.each([
    ['no pack', async () => Buffer.from('no pack at all'), InvalidInput],
    ['an empty upload', async () => Buffer.alloc(0), InvalidInput],
    ['a pack that is cut off', async () => (await packOf(mine, first)).subarray(0, -25), InvalidInput],
    ['a pack that builds on what the repository does not have', async () => packOf(await clone.commit('dev', { 'big/b.yaml': `${'b: 1\n'.repeat(500)}c: 2\n` }), mine), InvalidInput],
    ['more than is taken', async () => Buffer.alloc(17 * 1024 * 1024), TooLarge],
  ])('that is %s is refused', async (_, make, error) => {
    const worked: string[] = [];
    await expect(world.mirrors().withPack(SHOP, await make(), async () => void worked.push('worked'))).rejects.toThrow(error);
    expect([worked, await leftOvers()]).toEqual([[], []]);
  });

  it('whose files git would not check out is refused', async () => {
    const tree = (await runGit(['mktree', '--missing'], { gitDir: clone.path, input: `100644 blob ${(await runGit(['hash-object', '-w', '--stdin'], { gitDir: clone.path, input: 'x' })).stdout.toString().trim()}\t.git\n` })).stdout.toString().trim();
    const hostile = (await runGit(['commit-tree', tree, '-m', 'x'], { gitDir: clone.path, env: { GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x@example.org', GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@example.org' } })).stdout.toString().trim();
    await expect(world.mirrors().withPack(SHOP, await packOf(hostile as CommitSha, first), async () => 'worked')).rejects.toThrow(InvalidInput);
  });

  it('that a killed process has left is removed by the next one', async () => {
    await world.mirrors().open(SHOP);
    await runGit(['init', '--quiet', '--bare', '--', `${world.folder}/worker/.quarantine-0123.git`]);
    await world.mirrors().open(SHOP);
    expect(await leftOvers()).toEqual([]);
  });
});

describe('an object that unpacks to far more than it takes', () => {
  it('is refused', async () => {
    const world = await World.create('shared');
    const first = await world.remote.commit('dev', { 'a.yaml': 'a: 1\n' });
    const clone = await RemoteRepository.create(world.folder, 'clone');
    const author = { name: 'Ada', email: 'ada@example.org', date: 1 };
    const { commit } = await fastImport(clone.path, { parents: [], edits: [{ path: 'bomb', file: { mode: '100644', bytes: Buffer.alloc(64 * 1024 * 1024) } }], message: 'x', author });
    const { stdout } = await runGit(['pack-objects', '--stdout', '--revs', '--quiet'], { gitDir: clone.path, input: `${commit}\n` });
    expect(stdout.length).toBeLessThan(1_000_000);
    await expect(world.mirrors().withPack(SHOP, stdout, async (mirror) => textAt(mirror as never, commit as CommitSha, 'bomb'))).rejects.toThrow(/at most|no pack that git takes/);
    expect(first).toBeDefined();
    await world.remove();
  });
});
