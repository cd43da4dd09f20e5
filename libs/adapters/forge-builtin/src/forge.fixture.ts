import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommitSha, commitSha, instant, repositoryId, type RepositoryId } from '@sluice/kernel';
import { fastImport, listRefs, runGit, updateRefs } from '@sluice/git-process';
import type { CommitFacts, ForgeUnderTest } from '@sluice/testing';
import { type BuiltinForge, type BuiltinForgeOptions, createBuiltinForge } from './builtin-forge.js';

export const SHOP: RepositoryId = repositoryId('shop');

/** A built-in forge in a folder of its own, with the repository `shop`. */
export interface TestForge extends ForgeUnderTest, Omit<BuiltinForge, keyof ForgeUnderTest> {
  readonly folder: string;
  /** Another process' view of the same folder, as far as one process can have it. */
  second(): BuiltinForge;
  refs(prefix: string): Promise<ReadonlyMap<string, string>>;
}

export async function createTestForge(options: Partial<BuiltinForgeOptions> = {}): Promise<TestForge> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-forge-'));
  const others: BuiltinForge[] = [];
  const make = (): BuiltinForge => createBuiltinForge({ folder, publicUrl: 'http://127.0.0.1:8080', clock: () => instant(Date.now()), ...options });
  const forge = make();
  await forge.createRepository(SHOP, { defaultBranch: 'main' });
  const gitDir = forge.gitDir(SHOP);
  const refs = async (prefix: string): Promise<ReadonlyMap<string, string>> => new Map((await listRefs(gitDir, [prefix])).map(({ ref, sha }) => [ref, sha]));
  const commit: ForgeUnderTest['commit'] = (input) => commitIn(gitDir, input);
  await commit({ branch: 'main', files: { 'README.md': '# Shop\n' } });
  return {
    ...forge,
    repository: SHOP,
    comparesTarget: true,
    folder,
    commit,
    refs,
    head: async (branch) => head(gitDir, branch),
    facts: (name) => facts(gitDir, name),
    second: () => {
      const other = make();
      others.push(other);
      return other;
    },
    stop: async () => {
      for (const one of [forge, ...others]) one.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function head(gitDir: string, branch: string): Promise<CommitSha | undefined> {
  const ref = (await listRefs(gitDir, [`refs/heads/${branch}`]))[0];
  return ref ? commitSha(ref.sha) : undefined;
}

async function commitIn(gitDir: string, { branch, from, files, message = 'Change', author = 'Ada' }: Parameters<ForgeUnderTest['commit']>[0]): Promise<CommitSha> {
  const before = await head(gitDir, branch);
  const parent = before ?? (from === undefined ? undefined : await head(gitDir, from));
  const edits = Object.entries(files).map(([path, text]) => (text === null ? { path } : { path, file: { mode: '100644', bytes: Buffer.from(text) } }));
  const signature = { name: author, email: `${author.toLowerCase()}@example.org`, date: 1_700_000_000 };
  const { commit } = await fastImport(gitDir, { parents: parent ? [parent] : [], edits, message: `${message}\n`, author: signature });
  const outcome = await updateRefs(gitDir, [{ ref: `refs/heads/${branch}`, to: commit, from: before ?? null }]);
  if (outcome.kind !== 'updated') throw new Error(outcome.message);
  return commitSha(commit);
}

async function facts(gitDir: string, name: CommitSha): Promise<CommitFacts> {
  const { stdout } = await runGit(['show', '-s', '--format=%P%x00%an%x00%ae%x00%B', name], { gitDir });
  const [parents = '', author = '', email = '', message = ''] = stdout.toString('utf8').split('\0');
  const listing = await runGit(['ls-tree', '-r', '--name-only', name], { gitDir });
  const paths = listing.stdout.toString('utf8').split('\n').filter(Boolean);
  const contents = await Promise.all(paths.map(async (path) => [path, (await runGit(['cat-file', 'blob', `${name}:${path}`], { gitDir })).stdout.toString('utf8')] as const));
  return { parents: parents.split(' ').filter(Boolean).map(commitSha), author: { name: author, email }, message, files: Object.fromEntries(contents) };
}
