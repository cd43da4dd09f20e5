import { writeCommitObject } from './commit-tree.js';
import { runGit } from './run-git.js';

export type MergeOutcome = { readonly kind: 'clean'; readonly tree: string } | { readonly kind: 'conflict'; readonly paths: readonly string[]; readonly message: string };

const NOBODY = { name: 'merge', email: 'merge', date: 0 };
const CONFLICT = 1;

/**
 * Merges two trees by a base, without a work tree and without references. git 2.38 finds the base only by history, so the three are committed as a base and its
 * two children first; these commits are unreachable and always the same.
 * @throws GitFailed
 */
export async function mergeTree(gitDir: string, base: string, ours: string, theirs: string): Promise<MergeOutcome> {
  const root = await writeCommitObject(gitDir, { tree: base, parents: [], message: 'base', author: NOBODY });
  const [left, right] = await Promise.all([ours, theirs].map((tree) => writeCommitObject(gitDir, { tree, parents: [root], message: 'side', author: NOBODY })));
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--messages', left ?? '', right ?? ''];
  const { stdout, exitCode } = await runGit(args, { gitDir, answers: [CONFLICT] });
  const fields = stdout.toString('utf8').split('\0');
  if (exitCode !== CONFLICT) return { kind: 'clean', tree: fields[0]?.trim() ?? '' };
  const end = fields.indexOf('', 1);
  return { kind: 'conflict', paths: [...new Set(fields.slice(1, end))], message: messagesOf(fields.slice(end + 1)) };
}

/** Of `<count>NUL<path>…NUL<type>NUL<message>NUL` records only those of conflicts. */
function messagesOf(fields: readonly string[]): string {
  return fields
    .filter((field) => /^CONFLICT [^:]*:/.test(field))
    .map((field) => field.trim())
    .join('\n');
}
