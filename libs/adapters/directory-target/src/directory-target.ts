import { mkdir, readdir, realpath, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname } from 'node:path/posix';
import { isAbsolute, join, resolve } from 'node:path';
import { InvalidInput, messageOf, inLanes } from '@sluice/kernel';
import type { ApplyOptions, ApplyResult, DesiredFile, DriftEntry, LiveFile, Target } from '@sluice/sync';
import { type ApplyProgress, applyPlan } from './apply-plan.js';
import { blobName, compareFile, sameStamp } from './compare-file.js';
import { FolderWatcher } from './folder-watcher.js';
import { findDrift } from './find-drift.js';
import { readLive } from './read-live.js';
import { type Inventory, InventoryFile } from './inventory.js';
import { inFolder } from './open-folder.js';
import { parentFolders } from './parent-folders.js';
import { type ApplyPlan, planApply } from './plan-apply.js';
import { removeEmptied } from './remove-emptied.js';
import { refusePlace } from './refuse-place.js';
import { type Found, look, scanFolder } from './scan-folder.js';
import { isTemporary } from './write-file.js';

export interface DirectoryTargetOptions {
  /** Absolute path of the folder whose files are made as in git; made when missing. */
  readonly folder: string;
  /** Absolute path of the agent's own folder: the inventory is kept in it. */
  readonly dataFolder: string;
  /** Take over a folder that has files already: those that git has too become Sluice's. */
  readonly adopt: boolean;
  /** Called when the folder cannot be watched any more. */
  readonly watchFailed?: (error: unknown) => void;
}

/**
 * A folder as a target: exact for the files that Sluice owns, foreign ones are reported and never touched. Which are owned stands in the agent's folder, and is written down before
 * the first write of an apply. One instance a folder; calls are run one after the other.
 */
export class DirectoryTarget implements Target {
  private place: { readonly root: string; readonly records: InventoryFile } | undefined;
  private inventory: Inventory | undefined;
  private applying = false;
  private watcher: FolderWatcher | undefined;
  private line: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: DirectoryTargetOptions) {}

  async prepare(): Promise<void> {
    const { folder, dataFolder } = this.options;
    if (!isAbsolute(folder)) throw new InvalidInput(`${folder} cannot be a target: give an absolute path (SLUICE_TARGET_DIR)`);
    const place = { dataFolder: await resolved(dataFolder), homes: await Promise.all([homedir(), '/root'].map(resolved)) };
    refusePlace({ ...place, root: resolve(folder) });
    await makeFolder(folder);
    const root = await realpath(folder);
    refusePlace({ ...place, root });
    const records = new InventoryFile(join(dataFolder, 'targets'), root);
    this.inventory = await records.load();
    const entries = this.inventory || this.options.adopt ? [] : await readdir(root);
    if (entries.length > 0)
      throw new InvalidInput(`${root} is not empty and its files are not Sluice's: choose an empty folder, or take this one over with SLUICE_ADOPT=true (files that git has too become Sluice's, others stay)`);
    this.place = { root, records };
  }

  async apply(commit: string, files: readonly DesiredFile[], options: ApplyOptions = {}): Promise<ApplyResult> {
    return this.inLine(async () => {
      this.applying = true;
      try {
        return await this.applyAlone(commit, files, options);
      } finally {
        this.applying = false;
      }
    });
  }

  async drift(options: { readonly deep?: boolean } = {}): Promise<readonly DriftEntry[]> {
    return this.inLine(async () => {
      const { root } = this.prepared();
      const inventory = this.inventory;
      return inventory ? findDrift(root, inventory, await this.scan(inventory, []), options.deep ?? false) : [];
    });
  }

  read(path: string, maxBytes: number): Promise<LiveFile | undefined> {
    return readLive(this.prepared().root, path, maxBytes);
  }

  async watch(changed: () => void): Promise<() => Promise<void>> {
    const { root } = this.prepared();
    const watcher = new FolderWatcher({
      root,
      changed,
      busy: () => this.applying,
      byAnotherHand: (path, appeared) => this.byAnotherHand(path, appeared),
      failed: (error) => this.options.watchFailed?.(error),
    });
    this.watcher = watcher;
    watcher.follow(foldersOf(this.inventory));
    return async () => watcher.close();
  }

  async applied(): Promise<string | undefined> {
    return this.inventory?.commit;
  }

  async owned(): Promise<number> {
    return Object.keys(this.inventory?.files ?? {}).length;
  }

  private async applyAlone(commit: string, files: readonly DesiredFile[], options: ApplyOptions): Promise<ApplyResult> {
    const { root, records } = this.prepared();
    const inventory = this.inventory ?? records.empty();
    const found = await this.scan(inventory, files);
    const plan = planApply(files, inventory, { found, identical: await this.identical(files, inventory, found), adopt: this.options.adopt });
    if (needsRecord(this.inventory, commit, plan.union)) await this.keep(plan.union);
    await clearTemporaries(root, inventory, found);
    const { leave = new Set<string>(), signal = new AbortController().signal } = options;
    const progress = await applyPlan({ root, plan, found, leave, stopped: () => signal.aborted });
    const interrupted = signal.aborted;
    await this.keep(await this.concluded(plan, progress, interrupted ? undefined : commit));
    if (progress.written + progress.deleted.size > 0) this.watcher?.follow(foldersOf(this.inventory));
    return { written: progress.written, deleted: progress.deleted.size, unchanged: progress.unchanged, failed: failuresOf(progress), ...(interrupted && { interrupted }) };
  }

  /** The records after an apply. Complete only when nothing failed and nothing was left out. */
  private async concluded(plan: ApplyPlan, progress: ApplyProgress, commit: string | undefined): Promise<Inventory> {
    const files = Object.assign(Object.create(null) as Inventory['files'], plan.union.files, Object.fromEntries(progress.files));
    for (const path of progress.deleted) delete files[path];
    const folders = commit === undefined ? plan.union.folders : await removeEmptied(this.prepared().root, plan.union.folders, parentFolders(Object.keys(files)));
    const { commit: _, ...rest } = plan.union;
    return { ...rest, files, folders, ...(commit !== undefined && progress.failed.size === 0 && { commit }) };
  }

  private async keep(inventory: Inventory): Promise<void> {
    await this.prepared().records.save(inventory);
    this.inventory = inventory;
  }

  private async scan(inventory: Inventory, files: readonly DesiredFile[]): Promise<Map<string, Found>> {
    const folders = parentFolders([...Object.keys(inventory.files), ...files.map((file) => file.path)]);
    return scanFolder(this.prepared().root, new Set([...folders, ...inventory.folders]));
  }

  private async identical(files: readonly DesiredFile[], inventory: Inventory, found: ReadonlyMap<string, Found>): Promise<Set<string>> {
    const same = new Set<string>();
    const doubtful = files.filter(({ path }) => inventory.files[path] === undefined && found.get(path)?.kind === 'file');
    await inLanes(doubtful, 8, async ({ path, sha }) => {
      if ((await blobName(this.prepared().root, path, sha.length)) === sha) same.add(path);
    });
    return same;
  }

  /** Cheap, and wrong at most on the side of looking: what it says leads to a look at everything that follows no link. */
  private async byAnotherHand(path: string, appeared: boolean): Promise<boolean> {
    const { root } = this.prepared();
    const inventory = this.inventory;
    if (!inventory || isTemporary(inventory, path)) return false;
    const owned = inventory.files[path];
    const there = await look(join(root, path));
    // of what is not ours only its coming is news; a folder of ours that is gone, or is none any more, took files of ours along
    if (!owned) return foldersOf(inventory).has(path) ? there?.kind !== 'folder' : appeared && there !== undefined;
    if (there && owned.stamp && sameStamp(owned.stamp, there.stamp)) return false;
    return (await compareFile(root, { ...owned, path }, there)) !== 'same';
  }

  private prepared(): { readonly root: string; readonly records: InventoryFile } {
    if (!this.place) throw new Error('prepare() comes first');
    return this.place;
  }

  private async inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.line.catch(() => undefined).then(work);
    this.line = turn.catch(() => undefined);
    return turn;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InvalidInput(`${folder} cannot be made: ${messageOf(error)}; make it, owned by the agent's user, or choose another (SLUICE_TARGET_DIR)`, { cause: error });
  }
}

/** A path with its links followed as far as it exists. */
async function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

/** Folders that hold files of ours, or are ours. */
function foldersOf(inventory: Inventory | undefined): Set<string> {
  return new Set(['', ...parentFolders(Object.keys(inventory?.files ?? {})), ...(inventory?.folders ?? [])]);
}

/** Whether what an apply may leave behind is not on record yet. */
function needsRecord(before: Inventory | undefined, commit: string, union: Inventory): boolean {
  if (before?.commit !== commit) return true;
  return Object.keys(union.files).length !== Object.keys(before.files).length || union.folders.length !== before.folders.length;
}

async function clearTemporaries(root: string, inventory: Inventory, found: ReadonlyMap<string, Found>): Promise<void> {
  for (const path of found.keys()) {
    if (!isTemporary(inventory, path)) continue;
    await inFolder(root, dirname(path) === '.' ? '' : dirname(path), false, (folder) => unlink(folder.at(basename(path)))).catch(() => undefined);
  }
}

function failuresOf(progress: ApplyProgress): ApplyResult['failed'] {
  return [...progress.failed].map(([path, message]) => ({ path, message })).sort((a, b) => (a.path < b.path ? -1 : 1));
}
