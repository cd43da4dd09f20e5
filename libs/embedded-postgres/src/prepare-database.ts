import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const UNFINISHED = 'creating-';
// Also from source (tests): Node does not run TypeScript.
const PROGRAM = fileURLToPath(new URL('../dist/create-database.process.js', import.meta.url));

/**
 * The database's own folder inside a (locked) folder; makes the database when there is none. What an interrupted making has left behind goes away.
 * @param template a folder to copy a new database from, instead of creating one.
 */
export async function prepareDatabase(folder: string, template?: string): Promise<string> {
  const database = join(folder, 'database');
  await removeUnfinished(folder);
  if (await exists(database)) return database;
  const fresh = join(folder, UNFINISHED + randomUUID());
  if (template === undefined) await createDatabase(fresh);
  else await cp(await prepareTemplate(template), fresh, { recursive: true });
  await rename(fresh, database);
  return database;
}

/** Whole or not there: several processes may make it at once, and one of them wins. */
async function prepareTemplate(template: string): Promise<string> {
  if (await exists(template)) return template;
  const fresh = `${template}-${randomUUID()}`;
  await createDatabase(fresh);
  await rename(fresh, template).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true });
    if (!(await exists(template))) throw error;
  });
  return template;
}

async function removeUnfinished(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(UNFINISHED));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

/** In a process that ends with its work, or with this process, whichever is first: its standard input closes then. */
function createDatabase(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ['pipe', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2_000)));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`the database could not be created in ${folder}: ${complaint.trim() || `exit code ${code}`}`))));
  });
}
