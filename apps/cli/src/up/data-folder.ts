import { access, chmod, constants, lstat, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Conflict, InvalidInput, SluiceError, messageOf } from '@sluice/kernel';
import { FolderLocked, lockFolder, makeFolder as makeFolders } from '@sluice/runtime';
import type { FolderLock } from '@sluice/runtime';
import { z } from 'zod';
import { writeSecretFile } from '../connection.js';
import { Interrupted } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import type { UpOptions } from './options.js';
import { LOCAL_PERSON } from './people.js';

/** Everything that `up` and what it starts ever make in the folder. */
const OURS = new Set(['database', 'repositories', 'mirrors', 'agents', 'targets', 'logs', 'connection.json', 'allowed-tests.json', 'bootstrap.json', 'folder.json', 'encryption.key', 'slack-bot.json', '.lock']);
/** What the operating system puts into any folder. */
const NOBODYS = new Set(['lost+found', '.DS_Store']);
/** A file that was being written when its writer was killed. */
const UNFINISHED = /\.\d+\.new$/;

const NOTES = z.object({
  /** What keeps the promotions: the folder alone is only half of the truth. */
  backing: z.enum(['embedded', 'services']),
  /** The first start came to its end: the repository has what it was to begin with. */
  seeded: z.boolean(),
  /** Whom the first start has made. */
  people: z.array(LOCAL_PERSON).readonly().optional(),
});
type Notes = z.output<typeof NOTES>;

/**
 * Makes the data folder when it is missing, and holds it. One that was made goes again with the lock when nothing came into it.
 * @throws Conflict when another `up` holds it; InvalidInput when it cannot be a data folder, or holds files of somebody else.
 */
export async function holdDataFolder(data: string): Promise<FolderLock> {
  const isNew = !(await exists(data));
  try {
    const lock = await lockFolder(data);
    try {
      await takeOver(data);
    } catch (error) {
      await lock.release();
      throw error;
    }
    return isNew ? { release: () => lock.release().then(() => removeWhenEmpty(data)) } : lock;
  } catch (error) {
    if (error instanceof FolderLocked) throw new Conflict(`${error.message} (\`sluice down --data ${data}\` ends it)`, { cause: error });
    if (error instanceof SluiceError) throw error;
    throw new InvalidInput(`${data} cannot be the data folder: ${messageOf(error)}; give another with --data`, { cause: error });
  }
}

async function takeOver(data: string): Promise<void> {
  await access(data, constants.R_OK | constants.W_OK | constants.X_OK);
  // what `access` allows may still be forbidden: a file system that is read-only, or that keeps root out
  const probe = join(data, `folder.json.${process.pid}.new`);
  await writeFile(probe, '');
  await rm(probe);
  await refuseForeignFiles(data);
  await chmod(data, 0o700);
}

async function removeWhenEmpty(data: string): Promise<void> {
  await rmdir(data).catch(() => undefined);
}

async function refuseForeignFiles(data: string): Promise<void> {
  const foreign = (await readdir(data)).filter((name) => !OURS.has(name.replace(UNFINISHED, '')) && !NOBODYS.has(name));
  if (foreign.length > 0) throw new InvalidInput(`${data} holds files that are not Sluice's (${foreign.slice(0, 3).join(', ')}): give a folder of its own with --data`);
}

/** Deletes everything in the (held) folder, after asking unless `yes`. */
export async function resetDataFolder(terminal: Terminal, { data, yes }: Pick<UpOptions, 'data' | 'yes'>, signal: AbortSignal): Promise<void> {
  const found = (await readdir(data)).filter((name) => !NOBODYS.has(name) && name !== '.lock');
  if (found.length === 0) return;
  if (!yes) await confirm(data, signal);
  for (const name of found) await rm(join(data, name), { recursive: true, force: true });
  terminal.out('Everything was deleted; starting over.');
}

async function confirm(data: string, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) throw new InvalidInput('--reset deletes everything: add --yes to do it without being asked');
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await prompt.question(`Delete everything in ${data}: repositories, history, targets? [y/N] `, { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new Interrupted('nothing was deleted');
  } catch (error) {
    throw error instanceof Error && error.name === 'AbortError' ? new Interrupted('nothing was deleted', { cause: error }) : error;
  } finally {
    prompt.close();
  }
}

/**
 * What is known about the folder from earlier starts.
 * @throws InvalidInput when it was run on the other backing: nothing moves its promotions over, and its agents would be strangers.
 */
export async function readNotes(data: string, options: Pick<UpOptions, 'backing'>): Promise<Notes> {
  const backing = options.backing ? 'services' : 'embedded';
  const before = (await storedNotes(data)) ?? { backing, seeded: false };
  if (before.backing === backing) return before;
  const [was, wanted] = backing === 'services' ? ['the embedded database', 'PostgreSQL and Redis'] : ['PostgreSQL and Redis', 'the embedded database'];
  throw new InvalidInput(`${data} was run on ${was} so far, and what is stored there does not move to ${wanted} by itself: give the options of before, or another folder with --data`);
}

async function storedNotes(data: string): Promise<Notes | undefined> {
  const text = await readFile(notesFile(data), 'utf8').catch(() => undefined);
  if (text !== undefined) return NOTES.parse(JSON.parse(text));
  // made before there were notes
  return (await exists(join(data, 'database'))) ? { backing: 'embedded', seeded: true } : undefined;
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

export function writeNotes(data: string, notes: Notes): Promise<void> {
  return writeSecretFile(notesFile(data), notes);
}

function notesFile(data: string): string {
  return join(data, 'folder.json');
}

/** For its owner only, like everything in it. */
export async function makeFolder(...path: readonly [string, ...string[]]): Promise<string> {
  const folder = join(...path);
  await makeFolders(folder);
  return folder;
}
