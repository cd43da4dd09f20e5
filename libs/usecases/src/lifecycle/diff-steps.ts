import { TooLarge } from '@sluice/kernel';
import type { FileVersion } from '@sluice/manifests';
import { nodesOf } from '@sluice/promotion';
import type { HeldNode } from '@sluice/promotion';
import type { Mirror, PathChange, UntrustedReader } from '../ports/index.js';
import { MAX_FILE_BYTES, readVersion } from './read-version.js';

/** What cannot be looked into is told file by file. */
const MAX_FILES = 500;
const MAX_BYTES = 4 * MAX_FILE_BYTES;

/** The places at which a commit changed these files. */
export async function changedNodes(ports: { readonly reader: UntrustedReader }, mirror: Mirror, changes: readonly PathChange[]): Promise<readonly HeldNode[]> {
  const whole = changes.map(({ path }) => ({ path }));
  if (changes.length > MAX_FILES) return whole;
  const [before, after] = [new Map<string, FileVersion>(), new Map<string, FileVersion>()];
  const budget = { left: MAX_BYTES };
  try {
    for (const change of changes) {
      const [old, now] = [await readVersion(mirror, change.before, budget), await readVersion(mirror, change.after, budget)];
      if (old) before.set(change.path, old);
      if (now) after.set(change.path, now);
    }
  } catch (error) {
    if (error instanceof TooLarge) return whole;
    throw error;
  }
  return nodesBetween(ports, before, after);
}

type Files = ReadonlyMap<string, FileVersion>;

export async function nodesBetween(ports: { readonly reader: UntrustedReader }, before: Files, after: Files): Promise<readonly HeldNode[]> {
  const diff = await ports.reader.diff(before, after);
  return 'kind' in diff ? [...new Set([...before.keys(), ...after.keys()])].map((path) => ({ path })) : nodesOf(diff);
}
