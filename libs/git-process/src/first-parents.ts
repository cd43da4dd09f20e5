import type { CatFileSession } from './cat-file-session.js';
import { type ParsedCommit, parseCommit } from './parse-commit.js';

const MAX_COMMIT = 4 * 1024 * 1024;

export interface FirstParent {
  readonly sha: string;
  readonly commit: ParsedCommit;
}

/**
 * The first-parent line of a commit, newest first, down to and without `until` or to its root, through a session: 0.1 ms a commit where `git log` takes 8 to start.
 * @returns undefined when the line is longer than `limit`, or a commit cannot be read: ask git.
 */
export async function firstParentLine(objects: CatFileSession, head: string, until: string | undefined, limit: number): Promise<{ readonly line: readonly FirstParent[]; readonly reached: boolean } | undefined> {
  const line: FirstParent[] = [];
  let next: string | undefined = head;
  while (next !== undefined && next !== until) {
    const read = line.length < limit ? await objects.readAtOnce(next, MAX_COMMIT) : undefined;
    if (read?.kind !== 'object' || read.object.type !== 'commit') return undefined;
    const commit = parseCommit(read.object.bytes);
    line.push({ sha: next, commit });
    next = commit.parents[0];
  }
  return { line, reached: next !== undefined };
}
