import type { ObjectSha } from '@sluice/kernel';
import type { FileVersion } from '@sluice/manifests';
import type { Mirror } from '../ports/index.js';

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
