import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runGit } from '@sluice/git-process';
import type { GitCredential } from '@sluice/git-process';
import { z } from 'zod';

/** The example that the repository brings: one folder a branch, a change to start with, and the people. */
const EXAMPLE_FOLDER = resolve(import.meta.dirname, '../../../../examples/shop');

const PEOPLE = z.object({ people: z.array(z.object({ name: z.string(), displayName: z.string(), emails: z.array(z.string()), groups: z.array(z.string()), admin: z.boolean(), role: z.string() })) });
export type ExamplePerson = z.output<typeof PEOPLE>['people'][number];

const BRANCHES = ['main', 'dev', 'qa', 'prod'] as const;

/** Who is in the example. The git identity of this user also counts as the developer's, so that their own commits have a known author. */
export async function examplePeople(): Promise<readonly ExamplePerson[]> {
  const { people } = PEOPLE.parse(JSON.parse(await readFile(join(EXAMPLE_FOLDER, 'people.json'), 'utf8')));
  const own = await localEmail();
  return people.map((person) => (own !== undefined && person.role === 'changes' && !person.emails.includes(own) ? { ...person, emails: [...person.emails, own] } : person));
}

function localEmail(): Promise<string | undefined> {
  return new Promise((done) => {
    execFile('git', ['config', '--global', 'user.email'], { timeout: 5_000 }, (error, stdout) => {
      const email = stdout.trim();
      done(error || !z.email().safeParse(email).success ? undefined : email);
    });
  });
}

export interface GitRemote {
  readonly url: string;
  readonly credential: GitCredential;
}

/** Pushes the example's branches, as they are before the first change. Does nothing to a remote that has them. */
export async function pushExample(remote: GitRemote): Promise<void> {
  await inWorkTree(remote, async (git, folder) => {
    for (const branch of BRANCHES) {
      await git('checkout', '--quiet', '--orphan', branch);
      await git('rm', '-rfq', '--ignore-unmatch', '.');
      await cp(join(EXAMPLE_FOLDER, branch), folder, { recursive: true });
      await git('add', '--all');
      await git('commit', '--quiet', '-m', branch === 'main' ? 'Describe the pipeline' : `Begin ${branch}`);
    }
    await git('push', '--quiet', remote.url, ...BRANCHES);
  });
}

/** Pushes the example's first change to dev, as the developer would. */
export async function pushExampleChange(remote: GitRemote): Promise<void> {
  await inWorkTree(remote, async (git, folder) => {
    await git('fetch', '--quiet', remote.url, 'dev');
    await git('checkout', '--quiet', '-B', 'dev', 'FETCH_HEAD');
    await cp(join(EXAMPLE_FOLDER, 'change'), folder, { recursive: true });
    await git('add', '--all');
    await git('commit', '--quiet', '-m', 'checkout 2.4.0: give up on slow payments after 5 s');
    await git('push', '--quiet', remote.url, 'dev');
  });
}

/** Takes over every branch of another repository. */
export async function pushBranchesOf(source: string, remote: GitRemote): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-import-'));
  try {
    await runGit(['clone', '--quiet', '--bare', '--end-of-options', source, folder], { allowLocal: true, deadline: 600_000 });
    await runGit(['push', '--quiet', '--end-of-options', remote.url, 'refs/heads/*:refs/heads/*'], { gitDir: folder, credential: remote.credential, deadline: 600_000 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Git = (...args: string[]) => Promise<unknown>;

async function inWorkTree(remote: GitRemote, work: (git: Git, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-example-'));
  const config = { 'user.name': 'Ada', 'user.email': 'ada@example.org', 'init.defaultBranch': 'main' };
  const git: Git = (...args) => runGit(args, { cwd: folder, credential: remote.credential, config });
  try {
    await mkdir(folder, { recursive: true });
    await git('init', '--quiet');
    await work(git, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
