import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderLocked } from './folder-locked.js';
import { makeFolder } from './make-folder.js';

export interface FolderLock {
  release(): Promise<void>;
}

type Holder = { readonly alive: false } | { readonly alive: true; readonly pid?: number };

// sun_path holds 104 bytes on macOS and 108 on Linux
const LONGEST_SOCKET_PATH = 100;
const ANSWER_WITHIN = 500;

/**
 * Holds a folder (made when it is missing) until the lock is released or this process ends, however it ends: what is held is a socket, which the operating system closes with the process.
 * On Linux its name is abstract, elsewhere it is a file. Excludes processes of one machine (on Linux: of one network namespace), whatever path or link they name the folder by.
 * @throws FolderLocked
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await makeFolder(folder);
  const path = await realpath(folder);
  const server = process.platform === 'linux' ? await holdName(path) : await holdFile(path);
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function holdName(path: string): Promise<Server> {
  const name = `\0sluice-folder-${hashOf(path)}`;
  return (await listen(name)) ?? refuse(path, await askHolder(name));
}

/** A socket file outlives its process: one that nobody answers at is taken over. */
export async function holdFile(path: string): Promise<Server> {
  const file = socketFile(path);
  const server = await listen(file);
  if (server) return server;
  const holder = await askHolder(file);
  if (holder.alive) return refuse(path, holder);
  await rm(file, { force: true });
  return (await listen(file)) ?? refuse(path, await askHolder(file));
}

function socketFile(path: string): string {
  const inside = join(path, '.lock');
  return Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH ? inside : join(tmpdir(), `sluice-${hashOf(path).slice(0, 32)}.lock`);
}

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex');
}

function refuse(path: string, holder: Holder): never {
  throw new FolderLocked(path, holder.alive ? holder.pid : undefined);
}

/** A server that tells its process id to whoever asks, or undefined when the address is taken. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)));
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
    server.unref();
  });
}

function askHolder(address: string): Promise<Holder> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(address).setEncoding('utf8');
    const settle = (alive: boolean): void => {
      socket.destroy();
      resolve(alive ? { alive, ...(/^\d+$/.test(answer) && { pid: Number(answer) }) } : { alive });
    };
    socket.setTimeout(ANSWER_WITHIN, () => settle(true));
    socket.on('data', (text: string) => (answer += text));
    socket.on('end', () => settle(true));
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'));
  });
}
