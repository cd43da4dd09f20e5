import type { GitlabApi } from './gitlab-api.js';
import { zSelf } from './schema.js';

/** The login that a credential stands for; a project's or group's token has a bot of its own. Another credential has another memory, or forgets it with the rest. */
export async function ownLogin(api: GitlabApi): Promise<string> {
  const known = await api.memory.get('login');
  if (known !== undefined) return known;
  const { username } = await api.ask(zSelf, { method: 'GET', path: '/user', action: 'say who Sluice is there' });
  await api.memory.put('login', username);
  return username;
}
