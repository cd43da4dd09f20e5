import { inLanes } from '@sluice/kernel';
import type { DriftEntry } from '@sluice/sync';
import { compareFile } from './compare-file.js';
import type { Inventory } from './inventory.js';
import { parentFolders } from './parent-folders.js';
import type { Found } from './scan-folder.js';
import { isTemporary } from './write-file.js';

const LANES = 8;
/** More foreign entries than this are not listed: somebody unpacked an archive, and the first ones say so. */
const MAX_FOREIGN = 1_000;

/** Compares what was found with what was applied; files that could not be applied are no drift. Sorted by path. */
export async function findDrift(root: string, inventory: Inventory, found: ReadonlyMap<string, Found>, deep: boolean): Promise<readonly DriftEntry[]> {
  const drift: DriftEntry[] = [];
  const applied = Object.entries(inventory.files).filter(([, file]) => file.stamp !== undefined);
  await inLanes(applied, LANES, async ([path, file]) => {
    const there = found.get(path);
    if (!there) drift.push({ path, kind: 'missing' });
    else if ((await compareFile(root, { ...file, path }, there, deep)) !== 'same') drift.push({ path, kind: 'modified' });
  });
  return [...drift, ...foreignOf(inventory, found)].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function foreignOf(inventory: Inventory, found: ReadonlyMap<string, Found>): readonly DriftEntry[] {
  const folders = new Set([...parentFolders(Object.keys(inventory.files)), ...inventory.folders]);
  const foreign: DriftEntry[] = [];
  for (const [path, entry] of found) {
    const ours = path in inventory.files || (entry.kind === 'folder' && folders.has(path)) || isTemporary(inventory, path);
    if (!ours) foreign.push({ path: entry.kind === 'folder' ? `${path}/` : path, kind: 'foreign' });
    if (foreign.length >= MAX_FOREIGN) break;
  }
  return foreign;
}
