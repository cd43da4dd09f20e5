import { badArgument } from './git-failed.js';
import { type LooseObjectOptions, writeLooseObject } from './loose-object.js';
import { checkObjectName } from './names.js';
import { runGit } from './run-git.js';

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Seconds since the epoch; always written in UTC. */
  readonly date: number;
}

export interface TreeCommit {
  /** A tree, or a commit whose tree is taken. */
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Signature;
  /** Default: the author. */
  readonly committer?: Signature;
}

/** Writes a commit of a tree that exists; the same input gives the same name. @returns the commit. @throws GitFailed */
export async function commitTree(gitDir: string, commit: TreeCommit): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ['-p', checkObjectName('commit-tree', parent)]);
  const tree = `${checkObjectName('commit-tree', commit.tree)}^{tree}`;
  const env = { ...signature('AUTHOR', commit.author), ...signature('COMMITTER', commit.committer ?? commit.author) };
  const { stdout } = await runGit(['commit-tree', ...parents, '-F', '-', tree], { gitDir, env, input: commit.message, maxOutputBytes: 1_000 });
  return stdout.toString('utf8').trim();
}

/**
 * Writes a commit of a tree as an object, without a process. The tree and the parents are full names of objects that are there: nobody checks that again.
 * @returns the commit. @throws GitFailed `argument` for a name that is none, or a NUL in the message.
 */
export async function writeCommitObject(gitDir: string, commit: TreeCommit, options: LooseObjectOptions = {}): Promise<string> {
  for (const name of [commit.tree, ...commit.parents]) checkObjectName('commit-tree', name);
  if (commit.message.includes('\0')) throw badArgument('commit-tree', 'git commit-tree: the message contains a NUL character');
  const message = commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`;
  return writeLooseObject(gitDir, 'commit', formatCommit({ ...commit, message }), { ...options, hexDigits: commit.tree.length });
}

/** The content of a commit object, byte for byte what git itself writes. */
export function formatCommit({ tree, parents, message, author, committer }: TreeCommit): Buffer {
  const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${person(author)}`, `committer ${person(committer ?? author)}`];
  return Buffer.from(`${lines.join('\n')}\n\n${message}`, 'utf8');
}

/** `Name <address> seconds +0000`, as it stands in a commit's header. */
export function person({ name, email, date }: Signature): string {
  return `${identityText(name, 'unknown')} <${identityText(email, 'unknown')}> ${Math.trunc(date)} +0000`;
}

/** A name or address as it can stand in a commit's header; `fallback` when nothing is left of it. */
export function identityText(text: string, fallback: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f<>]+/g, ' ').trim();
  // git itself drops these at both ends and then refuses what is empty
  return clean.replace(/^[ .,:;"\\']+|[ .,:;"\\']+$/g, '') || fallback;
}

function signature(role: 'AUTHOR' | 'COMMITTER', { name, email, date }: Signature): Record<string, string> {
  return {
    [`GIT_${role}_NAME`]: identityText(name, 'unknown'),
    [`GIT_${role}_EMAIL`]: identityText(email, 'unknown'),
    // without the @ git reads small numbers as something else
    [`GIT_${role}_DATE`]: `@${Math.trunc(date)} +0000`,
  };
}
