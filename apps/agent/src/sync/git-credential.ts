import { readFile } from 'node:fs/promises';
import type { GitCredential } from '@sluice/git-process';
import { messageOf, Unavailable } from '@sluice/kernel';
import type { Settings } from '../config/settings.js';

/** Whose word is taken for who the agent is. */
interface OwnTokens {
  readonly serverUrl: string;
  token(): Promise<string>;
}

/**
 * What git is shown. A token that this machine has for a pinned repository goes there and nowhere else; it is read each time, so that it can be replaced. The agent's own goes to the server that it is enrolled
 * with, or to a URL that was pinned without another token; to no other that the server names.
 */
export function gitCredential(pinned: Settings['git'], named: string, session: OwnTokens): () => Promise<GitCredential | undefined> {
  const { tokenFile, user = '' } = pinned ?? {};
  if (tokenFile !== undefined) return async () => ({ username: user, password: await tokenIn(tokenFile) });
  const trusted = pinned !== undefined || (URL.canParse(named) && new URL(named).origin === new URL(session.serverUrl).origin);
  return async () => (trusted ? { username: 'agent', password: await session.token() } : undefined);
}

async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Unavailable(`the token for git cannot be read (SLUICE_GIT_TOKEN_FILE): ${messageOf(error)}`);
  });
  const token = text.trim();
  if (token === '') throw new Unavailable(`the file of the token for git is empty: ${file}`);
  return token;
}
