import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { START_TIMEOUT, TestClone, TestSystem } from '../test-system.fixture.js';
import type { Answer } from '../test-system.fixture.js';

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev], merge: manual }
    - { name: prod, branch: production, from: [qa], merge: manual }
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
  environmentOwned: [{ kind: ConfigMap, fields: [data.place] }]
`;
const FILE = 'apps/shop/config.yaml';
const config = (value: string, place: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\ndata:\n  value: "${value}"\n  place: ${place}\n`;

describe('sluice plan of what is not on the server', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await TestSystem.start({ main: { 'sluice.yaml': PIPELINE }, dev: { [FILE]: config('0', 'dev') }, qa: { [FILE]: config('0', 'qa') }, production: { [FILE]: config('0', 'prod') } });
    await system.rest();
  }, START_TIMEOUT);
  afterAll(() => system?.stop(), 60_000);

  const plan = (clone: TestClone, ...args: readonly string[]): Promise<Answer> => system.sluice(['plan', ...args], { folder: clone.folder });
  /** What a plan must not touch. */
  async function stateOf(clone: TestClone): Promise<readonly string[]> {
    const index = (await readFile(join(clone.folder, '.git', 'index'))).toString('base64');
    const objects = await clone.git('cat-file', '--batch-all-objects', '--batch-check');
    const left = await readdir(system.temporary);
    return [index, objects, await clone.git('for-each-ref'), await clone.git('-c', 'core.hooksPath=/dev/null', 'status', '--porcelain', '--branch'), await clone.git('reflog', '--all'), left.join(' ')];
  }

  it('shows what a work tree would bring, staged or not, and touches nothing', async () => {
    const clone = await system.clone('dev');
    await clone.write({ [FILE]: config('1', 'dev'), 'apps/shop/new.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: new }\n', 'apps/shop/staged.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: staged }\n', '.gitignore': '*.log\n', 'apps/shop/x.log': 'no' });
    await clone.git('add', 'apps/shop/staged.yaml');
    await clone.git('status');
    await writeFile(join(clone.folder, '.git', 'hooks', 'post-index-change'), '#!/bin/sh\ntouch hook-ran\n', { mode: 0o755 });
    const before = await stateOf(clone);
    const { code, out, err } = await plan(clone, '--worktree');
    expect([code, err]).toEqual([0, expect.stringMatching(/^The work tree: [0-9a-f]{10} and 4 changed files\nAs content of dev, based on [0-9a-f]{10}; sent \d+ objects, 1 KiB, that the server does not keep$/)]);
    expect(out).toMatch(/shop → qa change: 3 objects would change\n {2}~ ConfigMap shop\n {6}data.value: "0" → "1"\n {2}\+ Service new.*\n {2}\+ Service staged/);
    expect(out).toMatch(/shop → prod \(after qa\) change/);
    expect(out).not.toMatch(/data.place|x\.log/);
    expect(await stateOf(clone)).toEqual(before);
    expect(await readdir(clone.folder)).not.toContain('hook-ran');
  });

  it('is the same for machines, with what was sent', async () => {
    const clone = await system.clone('dev');
    await clone.write({ [FILE]: null });
    const { out } = await system.sluice(['--output', 'json', 'plan', '--worktree', clone.folder]);
    expect(JSON.parse(out)).toMatchObject({ as: 'dev', behind: 0, leftOut: [], sent: { objects: expect.any(Number) }, items: [{ environment: 'qa', changes: [{ change: 'removed' }] }, { environment: 'prod' }] });
  });

  it('sends nothing of a clean work tree', async () => {
    const clone = await system.clone('qa');
    const { code, err, out } = await plan(clone, '--worktree');
    expect([code, err, out]).toEqual([0, expect.stringMatching(/^The work tree is as [0-9a-f]{10} has it\nAs content of qa.*; nothing had to be sent$/), '1 in sync: shop in prod']);
  });

  it('takes the branch that is checked out, else what it follows, else what it is based on; and --as before all', async () => {
    const clone = await system.clone('production');
    await clone.write({ [FILE]: config('7', 'prod') });
    expect((await plan(clone, '--worktree')).err).toMatch(/As content of prod.*\. Nothing is promoted from prod$/);
    await clone.git('checkout', '--quiet', '-b', 'hotfix');
    expect((await plan(clone, '--worktree')).err).toMatch(/As content of prod/);
    await clone.git('checkout', '--quiet', '--detach');
    expect((await plan(clone, '--worktree')).err).toMatch(/As content of prod/);
    expect((await plan(clone, '--worktree', '--as', 'dev')).err).toMatch(/As content of dev;/);
    expect(await plan(clone, '--worktree', '--as', 'nowhere')).toMatchObject({ code: 4, err: expect.stringContaining('there is no environment nowhere; there are dev, qa, prod') });
  });

  it('takes a commit that was not pushed, by any name', async () => {
    const clone = await system.clone('dev');
    await clone.git('checkout', '--quiet', '-b', 'feature');
    const commit = await clone.commit({ [FILE]: config('2', 'dev') });
    for (const name of [commit, commit.slice(0, 9), 'feature', 'HEAD']) {
      const { code, err, out } = await plan(clone, name);
      expect([code, err]).toEqual([0, expect.stringMatching(/is not on the server\nAs content of dev, based on [0-9a-f]{10}; sent \d+ objects/)]);
      expect(out).toContain('data.value: "0" → "2"');
    }
  });

  it('says what the server says of a revision that is not here either', async () => {
    const clone = await system.clone('dev');
    expect(await plan(clone, 'nothing')).toMatchObject({ code: 4, err: expect.stringContaining('there is no branch "nothing"') });
    expect(await system.sluice(['plan', 'nothing'])).toMatchObject({ code: 4, err: expect.stringContaining('there is no branch "nothing"') });
  });

  it('leaves out what is no content of git, and says so', async () => {
    const clone = await system.clone('dev');
    const nested = new TestClone(join(clone.folder, 'apps/shop/nested'));
    await mkdir(nested.folder, { recursive: true });
    await nested.git('init', '--quiet');
    await nested.commit({ a: 'a' });
    await clone.write({ '.gitattributes': '*.bin filter=lfs\n*.enc filter=crypt\n', 'apps/shop/a.bin': 'x', 'apps/shop/b.enc': 'x', 'apps/shop/big.yaml': 'x'.repeat(9 * 1_048_576), 'apps/shop/link.yaml': { link: '/etc/passwd' } });
    const { code, err, out } = await plan(clone, '--worktree');
    expect(code).toBe(0);
    expect(err).toMatch(/Left out: apps\/shop\/a\.bin \(its content is kept outside of git \(LFS\)\)\nLeft out: apps\/shop\/b\.enc \(git changes its content by a filter \(crypt\)\)\nLeft out: apps\/shop\/big\.yaml \(larger than 8 MiB\)\nLeft out: apps\/shop\/nested\/ \(a submodule, or a repository of its own\)/);
    // a link is a link, and not what it leads to
    expect(out).toContain('link.yaml');
    expect(out).not.toContain('root:');
  });

  it('leaves a submodule at its commit, and a pointer of LFS as it is', async () => {
    const clone = await system.clone('dev');
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`;
    await clone.write({ 'apps/shop/pointer.bin': pointer });
    const module = new TestClone(join(clone.folder, 'vendor'));
    await mkdir(module.folder, { recursive: true });
    await module.git('init', '--quiet');
    await module.commit({ a: 'a' });
    await clone.commit({});
    expect(await clone.git('ls-tree', 'HEAD', 'vendor')).toMatch(/^160000 commit/);
    await module.commit({ a: 'b' });
    await clone.write({ '.gitattributes': '*.bin filter=lfs\n', [FILE]: config('1', 'dev') });
    const { code, err, out } = await plan(clone, '--worktree');
    expect([code, err]).toEqual([0, expect.stringMatching(/\nLeft out: vendor \(a submodule, or a repository of its own\)$/)]);
    expect(out).toContain('+ apps/shop/pointer.bin (+3 -0 lines)');
  });

  it('refuses a merge that is not finished', async () => {
    const clone = await system.clone('dev');
    await clone.commit({ [FILE]: config('a', 'dev') });
    await clone.git('checkout', '--quiet', '-b', 'other', 'HEAD^');
    await clone.commit({ [FILE]: config('b', 'dev') });
    await clone.git('merge', '--quiet', 'dev').catch(() => undefined);
    expect(await plan(clone, '--worktree')).toMatchObject({ code: 5, err: expect.stringContaining(`in the middle of a merge with conflicts (${FILE})`) });
    await clone.git('add', FILE);
    expect(await plan(clone, '--worktree')).toMatchObject({ code: 2, err: expect.stringContaining(`there are conflict markers in ${FILE}`) });
  });

  it('refuses what is larger than it sends', async () => {
    const clone = await system.clone('dev');
    const noise = (): string => randomBytes(4_000_000).toString('base64');
    await clone.write({ 'apps/shop/a.txt': noise(), 'apps/shop/b.txt': noise(), 'apps/shop/c.txt': noise() });
    expect(await plan(clone, '--worktree')).toMatchObject({ code: 2, err: expect.stringContaining('larger than 8 MiB: push it to a branch and plan that') });
  });

  it.each([
    ['a folder that is in no repository', async () => system.folder, /is not in a git repository: name the folder of a clone/],
    ['a folder that does not exist', async () => join(system.folder, 'nothing'), /cannot be read as a git repository/],
    ['a bare repository', async () => join((await system.clone('dev')).folder, '.git'), /has no work tree/],
    ['a repository without a commit', async () => {
      const empty = new TestClone(join(system.folder, 'empty'));
      await mkdir(empty.folder);
      await empty.git('init', '--quiet');
      return empty.folder;
    }, /has no commit yet/],
    ['a repository with another history', async () => {
      const other = new TestClone(join(system.folder, 'other'));
      await mkdir(other.folder);
      await other.git('init', '--quiet');
      await other.commit({ [FILE]: config('1', 'dev') });
      return other.folder;
    }, /has nothing in common with \S+ on the server/],
  ])('refuses %s', async (_, make, message) => {
    expect(await system.sluice(['plan', '--worktree', await make()])).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });

  it.each([
    [['plan', 'dev', '--worktree'], /give a revision or --worktree, not both/],
    [['plan', '--as', 'dev'], /--as says whose content/],
  ])('refuses %j', async (args, message) => {
    expect(await system.sluice(args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });

  it('needs a token, and no more than that', async () => {
    const clone = await system.clone('dev');
    await clone.write({ [FILE]: config('1', 'dev') });
    expect(await system.sluice(['plan', '--worktree'], { folder: clone.folder, token: 'slt_wrong' })).toMatchObject({ code: 3 });
    await system.sluice(['people', 'add', 'reader']);
    expect(await system.sluice(['plan', '--worktree'], { folder: clone.folder, token: await system.system.tokenOf('reader') })).toMatchObject({ code: 0 });
  });
});
