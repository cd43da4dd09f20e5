import { createHash } from 'node:crypto';
import { chmod, mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@sluice/kernel';
import { EXIT, Stop } from '../exit-code.js';

/**
 * Makes the agent's folder for its user alone and holds it while this process lives: the operating system closes the socket that stands for it, however the process ends.
 * @throws Stop when another agent holds it or it cannot be made.
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const path = await privateFolder(folder);
  const address = addressOf(path);
  const server = (await listen(address)) ?? (await takeOver(address));
  if (!server) throw new Stop(EXIT.unavailable, `${path} is in use by another agent: end that one first, or use another folder (SLUICE_AGENT_DATA)`);
  return () => new Promise((resolve) => server.close(() => resolve()));
}

async function privateFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    return await realpath(folder);
  } catch (error) {
    throw new Stop(EXIT.settings, `${folder} cannot be the agent's folder: ${messageOf(error)}; choose another (SLUICE_AGENT_DATA)`, error);
  }
}

// on Linux the name is abstract and no file stays behind; elsewhere a short path, as sockets want
function addressOf(path: string): string {
  const name = `sluice-agent-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name);
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
    server.unref();
  });
}

/** A socket file outlives its process: one at which nobody answers is free. */
async function takeOver(address: string): Promise<Server | undefined> {
  if (address.startsWith('\0') || (await answers(address))) return undefined;
  await rm(address, { force: true });
  return listen(address);
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address, () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
