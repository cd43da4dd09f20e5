import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PREFIX = 'sluice-git-';
const SOCKET = 'launcher';

/** The path of a socket in a new folder that nobody else can enter. Folders of launchers that were killed together with whoever started them are removed first. */
export async function newSocketPath(): Promise<string> {
  const [folder] = await Promise.all([mkdtemp(join(tmpdir(), PREFIX)), removeAbandoned()]);
  return join(folder, SOCKET);
}

export async function removeSocket(path: string): Promise<void> {
  await rm(dirname(path), { recursive: true, force: true });
}

/** A socket outlives its process: one that refuses belongs to nobody any more. Other users' folders cannot be asked, and stay. */
async function removeAbandoned(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const paths = names.filter((name) => name.startsWith(PREFIX)).map((name) => join(tmpdir(), name, SOCKET));
  await Promise.all(paths.map(async (path) => void ((await refuses(path)) && (await removeSocket(path).catch(() => undefined)))));
}

function refuses(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(false)).once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
    socket.once('connect', () => socket.destroy());
  });
}
