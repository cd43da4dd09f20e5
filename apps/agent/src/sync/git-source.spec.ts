import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { formatTree, gitCounters, writeLooseObject } from '@sluice/git-process';
import { commitSha } from '@sluice/kernel';
import { temporaryFolder } from '@sluice/testing';
import { serveGit, TestRepository } from '../git-repository.fixture.js';
import { GitSource } from './git-source.js';

const BRANCH = 'env/prod';

/** Started so far; the session that objects are read through comes and goes on its own. */
function processes(): number {
  const { spawned, byCommand } = gitCounters();
  return spawned - (byCommand['cat-file'] ?? 0);
}

describe('the agent’s copy of a branch', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let repository: TestRepository;
  let server: Server;
  let source: GitSource;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    mkdirSync(join(folder, 'agent'));
    repository = new TestRepository(folder);
    server = createServer((request, response) => serveGit(repository.bare, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    source = new GitSource({ folder: join(folder, 'agent', 'repository.git'), url: `http://127.0.0.1:${port}/git/shop.git`, credential: () => Promise.resolve(undefined), branch: BRANCH });
  });
  afterEach(async () => {
    source.close();
    await new Promise((resolve) => server.close(resolve));
    await remove();
  });

  const push = (files: Readonly<Record<string, string | null>>) => commitSha(repository.push(files));
  const listing = async (commit: string): Promise<string> => (await source.files(commitSha(commit))).map(({ mode, sha, path }) => `${mode} ${sha} ${path}`).join('\n');
  /** What git itself says, in the same form. */
  const truth = (commit: string): string => repository.git('-c', 'core.quotePath=false', 'ls-tree', '-r', commit).replace(/^(\d+) \w+ (\w+)\t/gm, '$1 $2 ');

  it('lists what git lists, at every commit: folders that come, change, move and go, links, and names in git’s order', async () => {
    const commits = [
      push({ 'a/b/c.yaml': '1', 'a/b.yaml': '1', 'a-b/x': '1', 'a.b': '1', 'ä/ö': '1', link: '→a.b', 'z/z/z/z': '1' }),
      push({ 'a/b/c.yaml': '2' }),
      push({ 'a/b/c.yaml': null, 'moved/b/c.yaml': '2', 'z/z/z/z': null }),
      push({ 'copy/b/c.yaml': '2', 'moved/b/c.yaml': '2' }),
    ];
    await source.fetch(BRANCH);
    for (const commit of [...commits, ...commits.toReversed()]) expect(await listing(commit)).toBe(truth(commit));
  });

  it.each([
    ['the same two folders in each other, 2²⁴ times', 24, ['a', 'b']],
    ['folders in folders, 6,000 deep', 6_000, ['a']],
  ])('refuses %s, before its memory ends', async (_, levels, names) => {
    push({ a: '1' });
    await source.fetch(BRANCH);
    const gitDir = join(folder, 'agent', 'repository.git');
    let tree = await writeLooseObject(gitDir, 'tree', formatTree([{ mode: '100644', name: 'file', sha: await writeLooseObject(gitDir, 'blob', Buffer.from('1')) }]));
    for (let level = 0; level < levels; level += 1) tree = await writeLooseObject(gitDir, 'tree', formatTree(names.map((name) => ({ mode: '40000', name, sha: tree }))));
    const commit = await writeLooseObject(gitDir, 'commit', Buffer.from(`tree ${tree}\nauthor Ada <ada@example.org> 0 +0000\ncommitter Ada <ada@example.org> 0 +0000\n\nbomb\n`));
    await expect(source.files(commitSha(commit))).rejects.toThrow(/that is no configuration/);
  });

  it('reads a file of a commit that the branch has left behind', async () => {
    const commit = push({ a: 'before' });
    await source.fetch(BRANCH);
    repository.git('checkout', '--quiet', '--orphan', 'other');
    repository.push({ a: 'after' }, { force: true });
    await source.fetch(BRANCH);
    const [file] = await source.files(commit);
    expect(Buffer.from((await file?.read()) ?? []).toString()).toBe('before');
  });

  it('knows which commits a branch grew on, near and far, and which a merge brought along', async () => {
    const root = push({ a: '0' });
    repository.git('checkout', '--quiet', '-b', 'side');
    const side = commitSha(repository.commit({ side: '1' }));
    repository.git('checkout', '--quiet', BRANCH);
    push({ a: '1' });
    repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
    const merge = push({ a: '2' });
    for (let n = 0; n < 80; n += 1) repository.git('commit', '--quiet', '--allow-empty', '-m', String(n));
    const head = push({ a: '3' });
    await source.fetch(BRANCH);
    const stranger = commitSha('f'.repeat(40));
    for (const from of [merge, head]) {
      const [onChain, ancestors] = [[] as boolean[], [] as boolean[]];
      for (const one of [from, root, side, stranger]) {
        onChain.push(await source.onFirstParent(from, one));
        ancestors.push(await source.isAncestor(one, from));
      }
      expect({ onChain, ancestors }).toEqual({ onChain: [true, true, false, false], ancestors: [true, true, true, false] });
    }
    expect([await source.onFirstParent(merge, head), await source.isAncestor(head, merge)]).toEqual([false, false]);
  });

  it('needs one process of git for each new commit, however old the floor is', async () => {
    const floor = push({ a: '0', 'b/c': '0' });
    for (let n = 0; n < 80; n += 1) repository.git('commit', '--quiet', '--allow-empty', '-m', String(n));
    let current = push({ a: '1' });
    const look = async (commit: typeof floor): Promise<void> => {
      expect(await source.fetch(BRANCH)).toBe(commit);
      expect(await source.onFirstParent(commit, commit)).toBe(true);
      expect(await source.isAncestor(floor, commit)).toBe(true);
      expect(await source.isAncestor(current, commit)).toBe(true);
      expect(await source.files(commit)).toHaveLength(2);
    };
    await look(current);
    for (let n = 2; n < 5; n += 1) {
      const commit = push({ a: String(n) });
      const before = processes();
      await look(commit);
      expect(processes() - before).toBe(1);
      current = commit;
    }
  });
});
