import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runGit } from '@sluice/git-process';
import type { GitCredential } from '@sluice/git-process';
import { z } from 'zod';

/** The example that the repository brings: one folder a branch, a change to start with, and the people. */
const EXAMPLE_FOLDER = resolve(import.meta.dirname, '../../../../examples/shop');

const PEOPLE = z.object({ people: z.array(z.object({ name: z.string(), displayName: z.string(), emails: z.array(z.string()), groups: z.array(z.string()), admin: z.boolean(), role: z.string() })) });
type ExamplePerson = z.output<typeof PEOPLE>['people'][number];

const BRANCHES = ['main', 'dev', 'qa', 'prod'] as const;

/** Who is in the example. */
export async function examplePeople(): Promise<readonly ExamplePerson[]> {
  return PEOPLE.parse(JSON.parse(await readFile(join(EXAMPLE_FOLDER, 'people.json'), 'utf8'))).people;
}

export interface GitRemote {
  readonly url: string;
  readonly credential: GitCredential;
}

/** Pushes the example's branches, all or none, as they are before the first change. */
export async function pushExample(remote: GitRemote, signal: AbortSignal): Promise<void> {
  await inWorkTree(remote, signal, async (git, folder) => {
    for (const branch of BRANCHES) {
      await git('checkout', '--quiet', '--orphan', branch);
      await git('rm', '-rfq', '--ignore-unmatch', '.');
      await cp(join(EXAMPLE_FOLDER, branch), folder, { recursive: true });
      await git('add', '--all');
      await git('commit', '--quiet', '-m', branch === 'main' ? 'Describe the pipeline' : `Begin ${branch}`);
    }
    await git('push', '--quiet', '--atomic', remote.url, ...BRANCHES);
  });
}

/** Pushes the example's first change to dev, as the developer would; nothing when it is there already. */
export async function pushExampleChange(remote: GitRemote, signal: AbortSignal): Promise<void> {
  await inWorkTree(remote, signal, async (git, folder) => {
    await git('fetch', '--quiet', remote.url, 'dev');
    await git('checkout', '--quiet', '-B', 'dev', 'FETCH_HEAD');
    await cp(join(EXAMPLE_FOLDER, 'change'), folder, { recursive: true });
    await git('add', '--all');
    if ((await git('status', '--porcelain')) === '') return;
    await git('commit', '--quiet', '-m', 'checkout 2.4.0: give up on slow payments after 5 s');
    await git('push', '--quiet', remote.url, 'dev');
  });
}

/** Whether it has any branch. */
export async function hasBranches(remote: GitRemote, signal: AbortSignal): Promise<boolean> {
  const { stdout } = await runGit(['ls-remote', '--heads', remote.url], { credential: remote.credential, signal });
  return stdout.length > 0;
}

type Git = (...args: string[]) => Promise<string>;

async function inWorkTree(remote: GitRemote, signal: AbortSignal, work: (git: Git, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-example-'));
  const config = { 'user.name': 'Ada', 'user.email': 'ada@example.org', 'init.defaultBranch': 'main' };
  const git: Git = async (...args) => (await runGit(args, { cwd: folder, credential: remote.credential, config, signal })).stdout.toString('utf8');
  try {
    await git('init', '--quiet');
    await work(git, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
