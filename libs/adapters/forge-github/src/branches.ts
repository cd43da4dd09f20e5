import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { GithubApi } from './github-api.js';
import { zRef } from './schema.js';

/** docs.github.com/en/rest/git/refs#get-a-reference */
export async function branchTip(api: GithubApi, repository: RepositoryId, branch: string): Promise<CommitSha | undefined> {
  const call = { route: 'GET /repos/{owner}/{repo}/git/ref/{ref}', parameters: { ref: `heads/${branch}` }, action: `read the branch ${branch}` };
  const reply = await api.call(repository, call);
  return reply.status === 404 ? undefined : api.read(zRef, reply, call).object.sha;
}
