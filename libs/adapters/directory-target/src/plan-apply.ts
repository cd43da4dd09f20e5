import type { DesiredFile } from '@sluice/sync';
import { admitFiles, type RefusedFile } from './admit-files.js';
import type { Inventory, OwnedFile } from './inventory.js';
import { parentFolders } from './parent-folders.js';
import type { Found } from './scan-folder.js';

export interface ApplyPlan {
  /** To be made as wanted, all of them ours by the time of the first write. */
  readonly wanted: readonly DesiredFile[];
  /** Not touched, whatever is there. */
  readonly refused: readonly RefusedFile[];
  /** To be deleted before the writes: in the way of a folder or file that is wanted. */
  readonly inTheWay: readonly string[];
  /** To be deleted after the writes. */
  readonly surplus: readonly string[];
  /** Of ours before and after: what a kill at any point may leave behind is in it. */
  readonly union: Inventory;
}

/** Which of the new files may be ours: paths where nothing is, or where `identical` says that the content is the same already. */
export interface Claims {
  readonly found: ReadonlyMap<string, Found>;
  readonly identical: ReadonlySet<string>;
  readonly adopt: boolean;
}

/** Pure: what an apply does, before it does anything. */
export function planApply(files: readonly DesiredFile[], inventory: Inventory, claims: Claims): ApplyPlan {
  const { admitted, refused } = admitFiles(files);
  const foreign = admitted.filter((file) => !mayClaim(file.path, inventory, claims));
  const taken = new Set(foreign.map((file) => file.path));
  const wanted = admitted.filter((file) => !taken.has(file.path));
  const inGit = new Set(files.map((file) => file.path));
  const gone = Object.keys(inventory.files).filter((path) => !inGit.has(path));
  const blocking = inTheWayOf(wanted);
  return {
    wanted,
    refused: [...refused, ...foreign.map(({ path }) => ({ path, message: 'a file that is not Sluice\'s is in its place: move it away, or start the agent with SLUICE_ADOPT=true' }))],
    inTheWay: gone.filter(blocking),
    surplus: gone.filter((path) => !blocking(path)),
    union: unite(inventory, wanted, claims.found),
  };
}

function mayClaim(path: string, inventory: Inventory, claims: Claims): boolean {
  const there = claims.found.get(path);
  // a folder in the place is told at the write, by name
  return inventory.files[path] !== undefined || there === undefined || there.kind === 'folder' || claims.adopt || claims.identical.has(path);
}

function inTheWayOf(wanted: readonly DesiredFile[]): (path: string) => boolean {
  const paths = new Set(wanted.map((file) => file.path));
  const folders = parentFolders(paths);
  return (path) => folders.has(path) || [...parentFolders([path])].some((folder) => paths.has(folder));
}

function unite(inventory: Inventory, wanted: readonly DesiredFile[], found: ReadonlyMap<string, Found>): Inventory {
  const files = Object.assign(Object.create(null) as Record<string, OwnedFile>, inventory.files);
  for (const { path, sha, mode } of wanted) {
    const before = files[path];
    if (before?.sha !== sha || before.mode !== mode) files[path] = { sha, mode };
  }
  const made = [...parentFolders(wanted.map((file) => file.path))].filter((folder) => found.get(folder)?.kind !== 'folder');
  const { commit: _, ...rest } = inventory;
  return { ...rest, files, folders: [...new Set([...inventory.folders, ...made])] };
}
