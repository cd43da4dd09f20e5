import { PGlite } from '@electric-sql/pglite';
import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

// A program of its own: creating a database takes 500 MiB of memory that the process keeps for as long as it lives. Argument: the folder.
process.stdin.on('end', () => process.exit(1)).resume();
const [, , folder] = process.argv;
if (folder === undefined) throw new Error('no folder given');
const database = await PGlite.create(folder);
await database.exec('checkpoint');
await database.close();
toDisk(folder);
process.exit(0);

// PGlite writes without fsync, and nobody writes these files again for a long time.
function toDisk(path: string): void {
  sync(path);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) toDisk(inside);
    else sync(inside);
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
