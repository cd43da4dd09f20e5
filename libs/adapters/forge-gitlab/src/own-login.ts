import { createHash } from 'node:crypto';
import type { GitlabApi } from './gitlab-api.js';
import { zSelf } from './schema.js';

/** The login that a credential stands for; a project's or group's token has a bot of its own. A credential that was rotated may be another account's. */
export async function ownLogin(api: GitlabApi): Promise<string> {
  const key = `login:${createHash('sha256').update(await api.token()).digest('hex').slice(0, 16)}`;
  const known = await api.memory.get(key);
  if (known !== undefined) return known;
  const { username } = await api.ask(zSelf, { method: 'GET', path: '/user', action: 'say who Sluice is there' });
  await api.memory.put(key, username);
  return username;
}
