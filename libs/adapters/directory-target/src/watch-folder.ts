import { relative, sep } from 'node:path';
import { watch } from 'chokidar';

const SETTLE_MS = 40;

export interface FolderWatch {
  readonly root: string;
  /** Tells which of the changed paths another hand changed. `appeared`: it came or went, rather than changed. */
  readonly byAnotherHand: (path: string, appeared: boolean) => Promise<boolean>;
  /** True while our own writes are under way: what is seen meanwhile is judged afterwards. */
  readonly busy: () => boolean;
  readonly changed: () => void;
  /** Watching stopped working (too many watches, say): the sweeps see the changes later. */
  readonly failed: (error: unknown) => void;
}

/** Watches a folder; events that come together are judged together. @returns the function that ends it. */
export async function watchFolder(options: FolderWatch): Promise<() => Promise<void>> {
  const seen = new Map<string, boolean>();
  let timer: NodeJS.Timeout | undefined;
  const later = () => {
    timer ??= setTimeout(() => void judge(), SETTLE_MS);
    timer.unref();
  };
  const judge = async () => {
    timer = undefined;
    if (options.busy()) return later();
    const paths = [...seen];
    seen.clear();
    for (const [path, appeared] of paths) if (await options.byAnotherHand(path, appeared)) return options.changed();
  };
  const watcher = watch(options.root, { ignoreInitial: true, followSymlinks: false, persistent: true });
  watcher.on('all', (event, at) => {
    const path = relative(options.root, at).split(sep).join('/');
    seen.set(path, (seen.get(path) ?? false) || event !== 'change');
    later();
  });
  watcher.on('error', (error) => options.failed(error));
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
