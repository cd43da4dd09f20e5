import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Unavailable } from '@sluice/kernel';
import { z } from 'zod';
import { codeOf } from './system-code.js';

/** Size, modification and change time in milliseconds, inode: equal stamps mean that nobody touched the file (the change time cannot be set by hand). */
const stamp = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const owned = z.object({ sha: z.string(), mode: z.string(), stamp: stamp.optional() });
const inventory = z.object({
  version: z.literal(1),
  /** Part of the names of our temporary files. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  root: z.string(),
  /** Applied completely; absent from the moment an apply of another begins. */
  commit: z.string().optional(),
  /** Files that are ours: written by us, or claimed before the first byte is written. Without a stamp: not known to be as wanted. */
  files: z.record(z.string(), owned),
  /** Folders that we made, or claimed so. */
  folders: z.array(z.string()),
});

export type Stamp = z.output<typeof stamp>;
export type OwnedFile = z.output<typeof owned>;
export type Inventory = z.output<typeof inventory>;

/** The records of one target in the agent's folder: a repository cannot reach it there, and the target holds nothing of ours but its files. */
export class InventoryFile {
  private readonly path: string;

  constructor(
    private readonly folder: string,
    private readonly root: string,
  ) {
    this.path = join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.json`);
  }

  /** @returns undefined when there is none: the target was never ours. @throws Unavailable for one that cannot be read: without it nothing is deleted and nothing written. */
  async load(): Promise<Inventory | undefined> {
    try {
      const parsed = inventory.parse(JSON.parse(await readFile(this.path, 'utf8')));
      return { ...parsed, files: Object.assign(Object.create(null) as Inventory['files'], parsed.files) };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new Unavailable('the record of the target\'s files cannot be read: restore the agent\'s folder from a backup, or delete it and start the agent with SLUICE_ADOPT=true', { cause: error });
    }
  }

  empty(): Inventory {
    return { version: 1, id: randomBytes(8).toString('hex'), root: this.root, files: Object.create(null) as Inventory['files'], folders: [] };
  }

  /** Durable when it returns; a kill leaves the old one or the new one. */
  async save(value: Inventory): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const next = `${this.path}.new`;
    const file = await open(next, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(value));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.path);
    await syncFolder(this.folder);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
