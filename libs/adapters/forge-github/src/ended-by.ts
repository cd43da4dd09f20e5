import type { RepositoryId } from '@sluice/kernel';
import type { GithubApi } from './github-api.js';
import { type Pull, zIssue } from './schema.js';

/** Who closed a request, which only its issue says: docs.github.com/en/rest/issues/issues#get-an-issue. Remembered for that end of it: it may be opened again. */
export async function endedBy(api: GithubApi, repository: RepositoryId, { number, closed_at: closedAt }: Pull): Promise<string | undefined> {
  const key = `ended:${(await api.path(repository)).toLowerCase()}#${number}`;
  const stamp = `${closedAt ?? 0}:`;
  const known = await api.memory.get(key);
  if (known?.startsWith(stamp)) return known.slice(stamp.length) || undefined;
  const { closed_by: by } = await api.ask(zIssue, repository, { route: 'GET /repos/{owner}/{repo}/issues/{issue_number}', parameters: { issue_number: number }, action: `read who closed #${number}` });
  await api.memory.put(key, stamp + (by?.login ?? ''));
  return by?.login;
}
