import { parseTree, type TreeItem } from '@sluice/git-process';
import { Unavailable } from '@sluice/kernel';

export interface ListedFile {
  readonly path: string;
  readonly mode: string;
  readonly sha: string;
}

/** Reads the content of a tree object. */
export type ReadTree = (sha: string) => Promise<Buffer>;

const FOLDER = '40000';
/** Beyond these a listing costs memory that an agent does not have: the same folder may stand in a tree any number of times. */
const MAX_FILES = 500_000;
const MAX_PATH_CHARS = 64 * 1024 * 1024;
/** Longer than any file system takes. */
const MAX_PATH = 10_000;
/** Entries that are kept from one listing to the next. */
const MAX_KEPT = 20_000;

/** Lists all files of a tree. Folders that were in the listing before are not read again, so that the cost is that of what has changed. */
export class TreeLister {
  private kept = new Map<string, readonly TreeItem[]>();

  constructor(private readonly read: ReadTree) {}

  /** Files, links and submodules, in git's order. @throws Unavailable when there are too many. */
  async list(root: string): Promise<readonly ListedFile[]> {
    const folders = await this.load(root);
    const files = filesOf(folders, root);
    this.kept = sizeOf(folders) <= MAX_KEPT ? folders : new Map();
    return files;
  }

  /** Every folder once, level by level: those of a level are asked for at once. */
  private async load(root: string): Promise<Map<string, readonly TreeItem[]>> {
    const folders = new Map<string, readonly TreeItem[]>();
    for (let level: readonly string[] = [root]; level.length > 0; ) {
      const found = await Promise.all(level.map(async (sha) => [sha, this.kept.get(sha) ?? parseTree(await this.read(sha), sha.length / 2)] as const));
      for (const [sha, items] of found) folders.set(sha, items);
      const below = found.flatMap(([, items]) => items.filter(({ mode }) => mode === FOLDER).map(({ sha }) => sha));
      level = [...new Set(below)].filter((sha) => !folders.has(sha));
    }
    return folders;
  }
}

/** Where a walk is: in a folder, before its next entry. */
interface Place {
  readonly items: readonly TreeItem[];
  readonly prefix: string;
  next: number;
}

// with a stack of its own: a repository may have folders deeper than calls may go
function filesOf(folders: ReadonlyMap<string, readonly TreeItem[]>, root: string): readonly ListedFile[] {
  const files: ListedFile[] = [];
  const budget = { chars: MAX_PATH_CHARS };
  const places: Place[] = [{ items: folders.get(root) ?? [], prefix: '', next: 0 }];
  for (let place = places.at(-1); place; place = places.at(-1)) {
    const item = place.items[place.next];
    place.next += 1;
    if (!item) {
      places.pop();
      continue;
    }
    const path = place.prefix + item.name;
    spend(budget, path, files.length);
    if (item.mode === FOLDER) places.push({ items: folders.get(item.sha) ?? [], prefix: `${path}/`, next: 0 });
    else files.push({ path, mode: item.mode, sha: item.sha });
  }
  return files;
}

function spend(budget: { chars: number }, path: string, files: number): void {
  budget.chars -= path.length + 1;
  if (path.length > MAX_PATH) throw new Unavailable(`the commit has a path of more than ${MAX_PATH} characters: that is no configuration`);
  if (budget.chars < 0 || files >= MAX_FILES) throw new Unavailable(`the commit lists more than ${MAX_FILES} files, or too long paths: that is no configuration`);
}

function sizeOf(folders: ReadonlyMap<string, readonly TreeItem[]>): number {
  return [...folders.values()].reduce((sum, items) => sum + items.length, 0);
}
