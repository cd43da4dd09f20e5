import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitCredential } from '@sluice/git-process';
import { messageOf, Unavailable } from '@sluice/kernel';
import type { Settings } from '../config/settings.js';

/** Whose word is taken for who the agent is. */
interface OwnTokens {
  readonly serverUrl: string;
  token(): Promise<string>;
}

/**
 * What git is shown. A credential that this machine has for a pinned repository goes there and nowhere else; it is read each time, so that it can be replaced. The agent's own goes to the server that it is enrolled
 * with, or to a URL that was pinned without another token; to no other that the server names.
 */
export function gitCredential(pinned: Settings['git'], named: string, session: OwnTokens): () => Promise<GitCredential | undefined> {
  const { tokenFile, credentialFolder, user = '' } = pinned ?? {};
  if (credentialFolder !== undefined) return () => credentialIn(credentialFolder, user);
  if (tokenFile !== undefined) return async () => ({ username: user, password: await tokenIn(tokenFile) });
  const trusted = pinned !== undefined || (URL.canParse(named) && new URL(named).origin === new URL(session.serverUrl).origin);
  return async () => (trusted ? { username: 'agent', password: await session.token() } : undefined);
}

const USER = /^[^:\s]{1,200}$/;

/** A mounted Secret: with the key `token`, or as Kubernetes' own type for this has it (`kubernetes.io/basic-auth`) with `username` and `password`. */
async function credentialIn(folder: string, user: string): Promise<GitCredential> {
  const [token, password, username] = await Promise.all([fileIn(folder, 'token'), fileIn(folder, 'password'), fileIn(folder, 'username')]);
  const secret = token === '' ? password : token;
  if (secret === '') throw new Unavailable(`the credential for git has neither a token nor a password (SLUICE_GIT_CREDENTIAL_DIR): ${folder}`);
  if (username !== '' && !USER.test(username)) throw new Unavailable(`the user name of the credential for git has a colon or a space in it, or is too long (SLUICE_GIT_CREDENTIAL_DIR): ${folder}`);
  return { username: username === '' ? user : username, password: secret };
}

/** Empty where there is none: a Secret has the keys that its owner gave it. */
async function fileIn(folder: string, name: string): Promise<string> {
  try {
    return (await readFile(join(folder, name), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new Unavailable(`the credential for git cannot be read (SLUICE_GIT_CREDENTIAL_DIR): ${messageOf(error)}`);
  }
}

async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Unavailable(`the token for git cannot be read (SLUICE_GIT_TOKEN_FILE): ${messageOf(error)}`);
  });
  const token = text.trim();
  if (token === '') throw new Unavailable(`the file of the token for git is empty: ${file}`);
  return token;
}
