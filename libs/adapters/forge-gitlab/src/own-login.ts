import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { GitlabApi } from './gitlab-api.js';
import { zSelf } from './schema.js';

/** The account that a credential stands for; a project's or group's token has a bot of its own. */
export async function readAccount(api: GitlabApi): Promise<z.output<typeof zSelf>> {
  const account = await api.ask(zSelf, { method: 'GET', path: '/user', action: 'say who Sluice is there' });
  await api.memory.put(await keyOf(api), account.username);
  return account;
}

/** Its login, which is asked for once. */
export async function ownLogin(api: GitlabApi): Promise<string> {
  return (await api.memory.get(await keyOf(api))) ?? (await readAccount(api)).username;
}

/** A credential that was rotated may be another account's. */
async function keyOf(api: GitlabApi): Promise<string> {
  return `login:${createHash('sha256').update(await api.token()).digest('hex').slice(0, 16)}`;
}
