import { execFile, execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { startSupervised, type SupervisedServer } from './services-supervised.js';
import { postgresPrograms } from './services.js';

/** An empty database of its own on a server that all suites of one test file share. */
export interface RunningPostgres {
  readonly url: string;
  /** Close every connection first. The last one that stops ends the server. */
  stop(): Promise<void>;
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
// Durability is PostgreSQL's business; what is tested is ours. Nothing is left of the server when the tests end.
const HASTY = 'synchronous_commit=off';
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'max_connections=200', 'shared_buffers=32MB', 'unix_socket_directories=', 'listen_addresses=127.0.0.1'];

let shared: { readonly server: Promise<SupervisedServer>; users: number } | undefined;
let databases = 0;

/** Starts PostgreSQL (or reuses this test file's) and makes an empty database. It ends with this process, even when that is killed. @throws Error when it is not installed. */
export async function startPostgres(): Promise<RunningPostgres> {
  shared ??= { server: startServer(), users: 0 };
  const mine = shared;
  mine.users++;
  try {
    const { port } = await mine.server;
    const name = `suite_${++databases}`;
    await administer(port, `create database ${name}`);
    return { url: urlOf(port, name), stop: () => leave(mine, name) };
  } catch (error) {
    if (shared === mine) shared = undefined;
    throw error;
  }
}

async function leave(mine: NonNullable<typeof shared>, name: string): Promise<void> {
  // before the others are counted: the last one would end the server under it
  if (mine.users > 1) await administer((await mine.server).port, `drop database ${name} with (force)`);
  if (--mine.users > 0) return;
  if (shared === mine) shared = undefined;
  await (await mine.server).stop();
}

export function urlOf(port: number, name: string): string {
  return `postgresql://postgres@127.0.0.1:${port}/${name}`;
}

/** Runs a statement as the server's owner. */
export async function administer(port: number, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(port, 'postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** `restarts`: it comes back when it was killed, and has then lost nothing that it had acknowledged. @returns its folder as well. */
export async function startServer({ restarts = false } = {}): Promise<SupervisedServer & { readonly folder: string }> {
  const programs = postgresPrograms();
  if (!programs) throw new Error('PostgreSQL is not installed: run the tests with SLUICE_SETUP=1, or install the package postgresql');
  const identity = serverIdentity();
  const folder = temporaryFolder('sluice-postgres-', identity);
  // Copied, not cloned by PostgreSQL: 0.1 s where initdb takes 0.8 s.
  await run('cp', ['-R', await template(programs, identity), join(folder, 'data')], { ...identity });
  const settings = [...SETTINGS, ...(restarts ? [] : [HASTY])].flatMap((setting) => ['-c', setting]);
  const server = await startSupervised({
    name: 'PostgreSQL',
    folder,
    restarts,
    argv: (port) => [join(programs, 'postgres'), '-D', join(folder, 'data'), '-p', String(port), ...settings],
    signal: 'INT',
    ...(identity && { identity }),
    probe: (port) => administer(port, 'select 1'),
  });
  return { ...server, folder };
}

/** An initialised data folder, made once a machine, user and version. */
async function template(programs: string, identity: Identity | undefined): Promise<string> {
  const { stdout } = await run(join(programs, 'postgres'), ['--version'], { ...identity });
  const owner = identity?.uid ?? process.getuid?.() ?? 0;
  const cached = join(tmpdir(), `sluice-postgres-template-${owner}-${/\d+\.\d+/.exec(stdout)?.[0] ?? 'unknown'}`);
  if (await isOwnedBy(cached, owner)) return cached;
  const fresh = temporaryFolder('sluice-postgres-init-', identity);
  const options = ['-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N'];
  await run(join(programs, 'initdb'), ['-D', join(fresh, 'data'), ...options], { ...identity });
  try {
    await rename(join(fresh, 'data'), cached);
  } catch {
    if (!(await isOwnedBy(cached, owner))) throw new Error(`${cached} is in the way: remove it`);
    // Another process was faster.
  }
  await rm(fresh, { recursive: true, force: true });
  return cached;
}

// The name can be guessed: what another user put there is not used.
async function isOwnedBy(path: string, uid: number): Promise<boolean> {
  try {
    return (await stat(path)).uid === uid;
  } catch {
    return false;
  }
}

function temporaryFolder(prefix: string, identity: Identity | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  if (identity) chownSync(folder, identity.uid, identity.gid);
  return folder;
}

/** PostgreSQL refuses to run as root: there, the user that its package made (or `nobody`) runs it. */
function serverIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: numberOf('-u', user), gid: numberOf('-g', user) };
    } catch {
      // no such user
    }
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user postgres nor nobody');
}

function numberOf(flag: '-u' | '-g', user: string): number {
  return Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
}
