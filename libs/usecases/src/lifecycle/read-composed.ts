import { TooLarge } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Unfound } from '@sluice/gates';
import type { FileVersion } from '@sluice/manifests';
import type { Application } from '@sluice/pipeline';
import type { Candidate } from '@sluice/promotion';
import type { Mirror, TreeEntry } from '../ports/index.js';
import { wholeSelection } from './selections.js';

const MAX_FILES = 5_000;
const MAX_BYTES = 24 * 1_048_576;
/** Documents and values; other files have no objects. */
const READ = /(\.(ya?ml|json)|(^|\/)kustomization)$/i;

/** An application's files as they are in the target and as they would be. Of those that stay as they are, `before` has none. */
export interface ComposedTree {
  readonly kind: 'tree';
  readonly before: ReadonlyMap<string, FileVersion>;
  readonly after: ReadonlyMap<string, FileVersion>;
}

/** Reads what a candidate would leave in the target: all of the application, what the environment owns too. */
export async function readComposed(mirror: Mirror, application: Application, candidate: Candidate): Promise<ComposedTree | Unfound> {
  await mirror.ensure(candidate.head);
  const entries = (await mirror.list(candidate.head, wholeSelection(application))).filter(({ path }) => READ.test(path));
  if (entries.length > MAX_FILES) return { kind: 'unfound', message: `the application has ${entries.length} files, more than the ${MAX_FILES} that are looked at`, final: true };
  return readBoth(mirror, candidate, entries);
}

/** The same of only those files that the candidate writes or deletes. */
export async function readChanged(mirror: Mirror, candidate: Candidate): Promise<ComposedTree | Unfound> {
  await mirror.ensure(candidate.head);
  return readBoth(mirror, candidate, await changedEntries(mirror, candidate.head, candidate));
}

async function readBoth(mirror: Mirror, candidate: Candidate, entries: readonly TreeEntry[]): Promise<ComposedTree | Unfound> {
  const budget = { left: MAX_BYTES };
  try {
    const after = await versions(mirror, entries, budget);
    const before = await versions(mirror, await changedEntries(mirror, candidate.onto, candidate), budget);
    return { kind: 'tree', before, after };
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { kind: 'unfound', message: `the application is too large to be looked at: more than ${MAX_BYTES} bytes`, final: true };
  }
}

async function changedEntries(mirror: Mirror, commit: CommitSha, candidate: Candidate): Promise<readonly TreeEntry[]> {
  const paths = candidate.changedPaths.filter((path) => READ.test(path));
  return [...(await mirror.entries(commit, paths)).values()];
}

async function versions(mirror: Mirror, entries: readonly TreeEntry[], budget: { left: number }): Promise<ReadonlyMap<string, FileVersion>> {
  const files = new Map<string, FileVersion>();
  for (const { path, mode, sha } of entries) {
    if (mode === '160000') continue;
    const bytes = await mirror.blob(sha, Math.max(0, budget.left));
    budget.left -= bytes.length;
    files.set(path, { mode, bytes });
  }
  return files;
}
