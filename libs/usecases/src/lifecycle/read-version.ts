import { TooLarge } from '@sluice/kernel';
import type { ObjectSha } from '@sluice/kernel';
import type { FileVersion } from '@sluice/manifests';
import type { Mirror, PathChange } from '../ports/index.js';

/** A larger file cannot be promoted; manifests are far smaller. */
export const MAX_FILE_BYTES = 8 * 1_048_576;

/** @throws TooLarge above what is left, which is lowered. */
export async function readVersion(mirror: Mirror, side: { readonly mode: string; readonly sha: ObjectSha } | undefined, budget: { left: number }): Promise<FileVersion | undefined> {
  if (!side) return undefined;
  // A submodule has no blob: its commit name stands for it, so that it is taken or kept as a whole.
  if (side.mode === '160000') return { mode: side.mode, bytes: new TextEncoder().encode(side.sha) };
  const bytes = await mirror.blob(side.sha, Math.min(MAX_FILE_BYTES, Math.max(0, budget.left)));
  budget.left -= bytes.length;
  return { mode: side.mode, bytes };
}

/** Both sides of some changes; undefined when they are larger than `budget` together. */
export async function readChanges(mirror: Mirror, changes: readonly PathChange[], budget: { left: number }): Promise<{ readonly before: Map<string, FileVersion>; readonly after: Map<string, FileVersion> } | undefined> {
  const [before, after] = [new Map<string, FileVersion>(), new Map<string, FileVersion>()];
  try {
    for (const change of changes) {
      const [old, now] = [await readVersion(mirror, change.before, budget), await readVersion(mirror, change.after, budget)];
      if (old) before.set(change.path, old);
      if (now) after.set(change.path, now);
    }
    return { before, after };
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}
