import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { InvalidInput, NotFound, Unauthenticated, present } from '@sluice/kernel';
import { z } from 'zod';

/** Where the server is, and the credential for it. */
export interface Connection {
  readonly url: string;
  readonly token?: string;
  /** Where the token was found, for whoever wonders. */
  readonly from?: string;
}

const FILE = z.object({ url: z.url({ protocol: /^https?$/ }), token: z.string().min(1) });

/** `<data>/connection.json` of a local `sluice up`: `repository` is a git URL that takes the token as password. */
export const LOCAL_CONNECTION = FILE.extend({ repository: z.string() });

export interface ConnectionSources {
  readonly url?: string;
  /** A data folder of `sluice up`. */
  readonly data?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

/**
 * Finds the server: `--url` with SLUICE_TOKEN, `--data`, SLUICE_URL and SLUICE_TOKEN, the file of `sluice login`, then `.sluice/connection.json` of this folder or one above it.
 * @throws Unauthenticated when there is none; NotFound for a data folder without one; InvalidInput for a broken file.
 */
export async function findConnection(sources: ConnectionSources): Promise<Connection> {
  const { environment, data } = sources;
  if (sources.url !== undefined) return connectionTo(sources.url, sources);
  if (data !== undefined) return connectionIn(resolve(sources.folder, data));
  if (environment['SLUICE_URL']) return connectionTo(environment['SLUICE_URL'], sources);
  const found = (await readConnection(loginFile(environment))) ?? (await nearest(sources.folder));
  if (!found) throw new Unauthenticated('no server is known: start one here with `npm start`, set SLUICE_URL and SLUICE_TOKEN, or run `sluice login <link>`');
  const token = environment['SLUICE_TOKEN'];
  return token ? { url: found.url, token, from: 'SLUICE_TOKEN' } : found;
}

async function connectionTo(url: string, sources: ConnectionSources): Promise<Connection> {
  if (!URL.canParse(url)) throw new InvalidInput(`${url} is not a URL: give it like http://127.0.0.1:7420`);
  return { url, ...(await tokenFor(url, sources)) };
}

async function tokenFor(url: string, sources: ConnectionSources): Promise<Pick<Connection, 'token' | 'from'>> {
  const given = sources.environment['SLUICE_TOKEN'];
  if (given) return { token: given, from: 'SLUICE_TOKEN' };
  const known = [
    sources.data === undefined ? undefined : await connectionIn(resolve(sources.folder, sources.data)),
    await readConnection(loginFile(sources.environment)),
    await nearest(sources.folder),
  ].find((candidate) => candidate && new URL(candidate.url).origin === new URL(url).origin);
  return known ? present({ token: known.token, from: known.from }) : {};
}

async function connectionIn(data: string): Promise<Connection> {
  const found = await readConnection(join(data, 'connection.json'));
  if (!found) throw new NotFound(`${data} has no connection.json: is it the folder that \`sluice up --data\` was given, and did that become ready?`);
  return found;
}

/** The file that `sluice login` writes, readable by its owner only. */
export function loginFile(environment: Readonly<Record<string, string | undefined>>): string {
  return join(environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'sluice', 'login.json');
}

/** Writes JSON with a secret in it: see {@link writeSecretText}. */
export function writeSecretFile(path: string, content: unknown): Promise<void> {
  return writeSecretText(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** Writes a file with a secret: mode 0600, whole or not at all. */
export async function writeSecretText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.${process.pid}.new`;
  await writeFile(next, text, { mode: 0o600 });
  await chmod(next, 0o600);
  await rename(next, path);
}

async function nearest(folder: string): Promise<Connection | undefined> {
  for (let here = resolve(folder); ; here = dirname(here)) {
    const found = await readConnection(join(here, '.sluice', 'connection.json'));
    if (found || dirname(here) === here) return found;
  }
}

/** What a file with a connection says; undefined when it is not there. @throws InvalidInput when it is broken. */
export async function readConnection(path: string): Promise<Connection | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = FILE.safeParse(parseJson(text));
  if (!parsed.success) throw new InvalidInput(`${path} is not a connection file: delete it and sign in again`);
  return { ...parsed.data, from: path };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
