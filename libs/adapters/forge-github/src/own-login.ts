import type { RepositoryId } from '@sluice/kernel';
import { type GithubApi, shortHash } from './github-api.js';
import { zAccountName, zApp } from './schema.js';

/** Who Sluice is on GitHub. Remembered for each credential: another one may be another account's. */
export async function ownLogin(api: GithubApi, repository: RepositoryId): Promise<string> {
  const secret = await api.secret();
  const key = `login:${secret.kind === 'app' ? secret.appId : shortHash(secret.token)}`;
  const known = await api.memory.get(key);
  if (known !== undefined) return known;
  // docs.github.com/en/rest/apps/apps#get-the-authenticated-app, docs.github.com/en/rest/users/users#get-the-authenticated-user
  const login =
    secret.kind === 'app'
      ? `${(await api.askAsApp(zApp, secret, { route: 'GET /app', action: 'read which app it is' })).slug}[bot]`
      : (await api.ask(zAccountName, repository, { route: 'GET /user', action: 'read whose token it is' })).login;
  await api.memory.put(key, login);
  return login;
}

/** GitHub does not tell upper from lower case in logins. */
export function isSameLogin(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
