import type { TreeItem } from '@sluice/git-process';
import { TooLarge } from '@sluice/kernel';
import type { ObjectReader } from './object-reader.js';
import type { PathRules } from './path-rules.js';

/** Ten folders that each hold the next one ten times are 10 kB in git and ten billion paths. */
const MAX_ITEMS = 300_000;

/** One way through a commit's folders by the rules of a selection, with a bound on what it may look at. */
export class TreeWalk {
  private seen = 0;

  constructor(
    private readonly objects: ObjectReader,
    readonly rules: PathRules,
  ) {}

  /** The entries of a folder that the selection can reach. @throws TooLarge when the walk has seen too many entries. */
  async tree(sha: string, folder: string): Promise<readonly TreeItem[]> {
    const all = await this.objects.tree(sha);
    const names = this.rules.names(folder);
    const items = names ? all.filter(({ name }) => names.has(name)) : all;
    this.seen += items.length;
    if (this.seen > MAX_ITEMS) throw new TooLarge(`the selected folders have more than ${MAX_ITEMS} entries: select fewer paths`);
    return items;
  }

  /** Asks for folders that are visited next, all at once; the visits themselves go one after the other, so that what is under way stays small. */
  async ahead(folders: readonly TreeItem[]): Promise<void> {
    await Promise.all(folders.map(({ sha }) => this.objects.tree(sha)));
  }
}

export function isFolder(item: TreeItem): boolean {
  return item.mode === '40000';
}

export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
