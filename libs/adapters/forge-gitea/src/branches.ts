import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { GiteaApi } from './gitea-api.js';
import { zBranch, zReferences } from './schema.js';

/** A slash in a name stays one: older versions of both forges do not read `%2F` in this place. */
function branchPath(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/');
}

/** Where a branch is; undefined: it is not there. Follows repoGetBranch. */
export async function branchHead(api: GiteaApi, repository: RepositoryId, branch: string): Promise<CommitSha | undefined> {
  const action = `see the branch ${branch}`;
  const answer = await api.call({ method: 'GET', path: `${await api.repository(repository)}/branches/${branchPath(branch)}`, action });
  return answer.status === 404 ? undefined : api.read(zBranch, answer, action).commit.id;
}

/** The head of a request that is over: its branch may have gone on, this reference does not. Follows repoListGitRefs. */
export async function requestHead(api: GiteaApi, repository: RepositoryId, number: number): Promise<CommitSha | undefined> {
  const action = `see the head of request ${number}`;
  const answer = await api.call({ method: 'GET', path: `${await api.repository(repository)}/git/refs/pull/${number}/head`, action });
  if (answer.status === 404) return undefined;
  return api.read(zReferences, answer, action).find(({ ref }) => ref === `refs/pull/${number}/head`)?.object.sha;
}
