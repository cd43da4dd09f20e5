import { NotFound, present } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Candidate, Promotion } from '@sluice/promotion';
import { promotionBranch } from '@sluice/promotion';
import type { FileEdit, Mirror, NewCommit, PathChange, PathSelection, ReplayedChange } from '../ports/index.js';
import { readChanges } from './read-version.js';

const EVERYTHING: PathSelection = { include: ['**'], exclude: [] };
const MAX_TOTAL_BYTES = 64 * 1_048_576;
const MAX_COMMIT_BYTES = 1_048_576;

/**
 * What a forge asks for that merges only what has all of the target: the candidate, made again on `onto`. Undefined where nothing is to be done, because what the branch is at (`current`) has it already, and where
 * it cannot be made.
 */
export function replaying(mirror: Mirror, { candidate, target, application }: Pick<Promotion, 'candidate' | 'target' | 'application'>, onto: CommitSha): (current: CommitSha) => Promise<ReplayedChange | undefined> {
  return async (current) => {
    if (current !== candidate.head && (await isOn(mirror, onto, current))) return undefined;
    const head = await replayCandidate(mirror, candidate, onto);
    return head && { head, push: (expected) => mirror.push(promotionBranch(target, application), head, expected) };
  };
}

/** Of a commit that the forge has made, or another worker. */
async function isOn(mirror: Mirror, onto: CommitSha, commit: CommitSha): Promise<boolean> {
  try {
    await mirror.ensure(commit);
    return await mirror.isAncestor(onto, commit);
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/**
 * The candidate's commit on another commit of the target: the same change, author, date and message, and everything else as it is there. The same input gives the same commit in any worker.
 *
 * @returns undefined where that would be another content than a merge gives: something that it changes is no longer as it was, or the commit is not one that Sluice makes.
 */
export async function replayCandidate(mirror: Mirror, { head, onto: before }: Pick<Candidate, 'head' | 'onto'>, onto: CommitSha): Promise<CommitSha | undefined> {
  await mirror.ensure(head);
  const changes = await mirror.changedPaths(before, head, EVERYTHING);
  const original = await readOriginal(mirror, head, changes);
  if (!original) return undefined;
  const made = async (parent: CommitSha): Promise<CommitSha> => (await mirror.commit({ ...original, parents: [parent] })).commit;
  // nothing of it is lost: made again where it was, it is the same commit
  if ((await made(before)) !== head) return undefined;
  const replayed = await made(onto);
  return isSame(changes, await mirror.changedPaths(onto, replayed, EVERYTHING)) ? replayed : undefined;
}

async function readOriginal(mirror: Mirror, head: CommitSha, changes: readonly PathChange[]): Promise<Omit<NewCommit, 'parents'> | undefined> {
  const edits = await editsOf(mirror, changes);
  if (!edits) return undefined;
  const [entry] = await mirror.firstParent(head, { limit: 1 });
  const text = new TextDecoder().decode(await mirror.commitObject(head, MAX_COMMIT_BYTES));
  return {
    edits,
    message: text.slice(text.indexOf('\n\n') + 2),
    author: { name: entry?.authorName ?? '', email: entry?.authorEmail ?? '' },
    date: Math.floor((entry?.committedAt ?? 0) / 1_000),
  };
}

async function editsOf(mirror: Mirror, changes: readonly PathChange[]): Promise<readonly FileEdit[] | undefined> {
  const read = await readChanges(mirror, changes.map(({ path, after }) => ({ path, ...present({ after }) })), { left: MAX_TOTAL_BYTES });
  return read && changes.map(({ path }) => ({ path, ...present({ file: read.after.get(path) }) }));
}

/** Also in what was there before: a merge would find no conflict, and combine nothing. */
function isSame(one: readonly PathChange[], other: readonly PathChange[]): boolean {
  return one.length === other.length && one.every(({ path, before, after }, index) => path === other[index]?.path && isSameSide(before, other[index].before) && isSameSide(after, other[index].after));
}

function isSameSide(one: PathChange['before'], other: PathChange['before']): boolean {
  return one?.sha === other?.sha && one?.mode === other?.mode;
}
