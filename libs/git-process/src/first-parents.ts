import type { CatFileSession } from './cat-file-session.js';
import { type ParsedCommit, parseCommit } from './parse-commit.js';

const MAX_COMMIT = 4 * 1024 * 1024;

export interface FirstParent {
  readonly sha: string;
  readonly commit: ParsedCommit;
}

export interface FirstParentLine {
  /** Newest first. */
  readonly line: readonly FirstParent[];
  /** Why it ends: at `until`, at a commit without parents, or because there are more than `limit`. */
  readonly end: 'until' | 'root' | 'limit';
}

/**
 * The first-parent line of a commit, down to and without `until` or to its root, through a session: 0.1 ms a commit where `git log` takes 8 to start.
 * @returns undefined when a commit cannot be read.
 */
export async function firstParentLine(objects: CatFileSession, head: string, until: string | undefined, limit: number): Promise<FirstParentLine | undefined> {
  return followFirstParents((sha) => readParsedCommit(objects, sha), { head, until, limit });
}

/** Like {@link firstParentLine} with commits that are read in another way. */
export async function followFirstParents(read: (sha: string) => Promise<ParsedCommit | undefined>, range: { readonly head: string; readonly until: string | undefined; readonly limit: number }): Promise<FirstParentLine | undefined> {
  const { head, until, limit } = range;
  const line: FirstParent[] = [];
  let next: string | undefined = head;
  while (next !== undefined && next !== until) {
    if (line.length >= limit) return { line, end: 'limit' };
    const commit = await read(next);
    if (!commit) return undefined;
    line.push({ sha: next, commit });
    next = commit.parents[0];
  }
  return { line, end: next === undefined ? 'root' : 'until' };
}

/** @returns undefined when there is no such commit, or none of a size that a commit has. */
export async function readParsedCommit(objects: CatFileSession, sha: string): Promise<ParsedCommit | undefined> {
  const read = await objects.readAtOnce(sha, MAX_COMMIT);
  return read.kind === 'object' && read.object.type === 'commit' ? parseCommit(read.object.bytes) : undefined;
}
