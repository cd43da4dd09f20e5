import type { FileVersion } from '@sluice/manifests';
import { nodesOf } from '@sluice/promotion';
import type { HeldNode } from '@sluice/promotion';
import type { Mirror, PathChange, UntrustedReader } from '../ports/index.js';
import { MAX_FILE_BYTES, readChanges } from './read-version.js';

/** What cannot be looked into is told file by file. */
const MAX_FILES = 500;
const MAX_BYTES = 4 * MAX_FILE_BYTES;

/** The places at which a commit changed these files. */
export async function changedNodes(ports: { readonly reader: UntrustedReader }, mirror: Mirror, changes: readonly PathChange[]): Promise<readonly HeldNode[]> {
  const whole = changes.map(({ path }) => ({ path }));
  if (changes.length > MAX_FILES) return whole;
  const files = await readChanges(mirror, changes, { left: MAX_BYTES });
  return files ? nodesBetween(ports, files.before, files.after) : whole;
}

type Files = ReadonlyMap<string, FileVersion>;

export async function nodesBetween(ports: { readonly reader: UntrustedReader }, before: Files, after: Files): Promise<readonly HeldNode[]> {
  const diff = await ports.reader.diff(before, after);
  return 'kind' in diff ? [...new Set([...before.keys(), ...after.keys()])].map((path) => ({ path })) : nodesOf(diff);
}
