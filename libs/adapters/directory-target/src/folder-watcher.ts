import { type FSWatcher, lstatSync, watch } from 'node:fs';
import { join } from 'node:path';

const SETTLE_MS = 40;

interface Watched {
  readonly watcher: FSWatcher;
  /** Numbers of folders are used again; a number with its time of birth is not. */
  readonly identity: string;
}

export interface FolderWatcherOptions {
  readonly root: string;
  /** Whether another hand than ours changed what is at a path now. `appeared`: the name came or went, not only the content changed. */
  readonly byAnotherHand: (path: string, appeared: boolean) => Promise<boolean>;
  /** True while our own writes are under way: what is seen meanwhile is judged afterwards. */
  readonly busy: () => boolean;
  readonly changed: () => void;
  /** A folder cannot be watched (too many watches, say): the sweeps see its changes later. */
  readonly failed: (error: unknown) => void;
}

/**
 * Watches folders, not files: one watch of the system a folder, so that a target of thousands of files costs little memory and an apply does not drown in events of its own making
 * (chokidar, which watches every file, made the apply of 2,000 files 15 times slower). Events that come together are judged together.
 */
export class FolderWatcher {
  private watched = new Map<string, Watched>();
  private readonly seen = new Map<string, boolean>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: FolderWatcherOptions) {}

  /** Watches exactly these (relative, `''` is the root); one that was made again is another folder for the system, and watched anew. */
  follow(folders: Iterable<string>): void {
    const before = this.watched;
    this.watched = new Map();
    for (const folder of this.closed ? [] : folders) {
      const known = before.get(folder);
      const watched = this.watch(folder, known);
      if (watched) this.watched.set(folder, watched);
      if (watched && watched === known) before.delete(folder);
    }
    for (const { watcher } of before.values()) watcher.close();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.follow([]);
  }

  private watch(folder: string, known: Watched | undefined): Watched | undefined {
    const at = join(this.options.root, folder);
    try {
      // a link is not followed, not even to look
      const stats = lstatSync(at);
      if (!stats.isDirectory()) return undefined;
      const identity = `${stats.dev}/${stats.ino}/${stats.birthtimeMs}`;
      if (known?.identity === identity) return known;
      const watcher = watch(at, { persistent: false }, (event, name) => this.note(pathOf(folder, name), event === 'rename'));
      watcher.on('error', (error) => {
        if (this.watched.get(folder)?.watcher === watcher) this.watched.delete(folder);
        this.options.failed(error);
      });
      return { watcher, identity };
    } catch (error) {
      this.options.failed(error);
      return undefined;
    }
  }

  private note(path: string, appeared: boolean): void {
    if (this.closed) return;
    this.seen.set(path, appeared || this.seen.get(path) === true);
    this.timer ??= setTimeout(() => void this.judge(), SETTLE_MS).unref();
  }

  private async judge(): Promise<void> {
    this.timer = undefined;
    const paths = [...this.seen];
    this.seen.clear();
    if (this.options.busy()) return paths.forEach(([path, appeared]) => this.note(path, appeared));
    for (const [path, appeared] of paths) if (await this.options.byAnotherHand(path, appeared)) return this.options.changed();
  }
}

function pathOf(folder: string, name: string | null): string {
  if (name === null) return folder;
  return folder === '' ? name : `${folder}/${name}`;
}
