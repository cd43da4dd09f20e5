import { type CommitSha, NotFound, type RepositoryId } from '@sluice/kernel';
import { problemOf } from './api-error.js';
import type { GithubApi } from './github-api.js';
import { zAnything, zRef } from './schema.js';

/** docs.github.com/en/rest/git/refs#get-a-reference */
export async function branchTip(api: GithubApi, repository: RepositoryId, branch: string): Promise<CommitSha | undefined> {
  const call = { route: 'GET /repos/{owner}/{repo}/git/ref/{ref}', parameters: { ref: `heads/${branch}` }, action: `read the branch ${branch}` };
  const reply = await api.call(repository, call);
  return reply.status === 404 ? undefined : api.read(zRef, reply, call).object.sha;
}

/** Puts a branch back; one that is there already, wherever it is, is left alone. docs.github.com/en/rest/git/refs#create-a-reference */
export async function restoreBranch(api: GithubApi, repository: RepositoryId, branch: string, commit: CommitSha): Promise<void> {
  const call = { route: 'POST /repos/{owner}/{repo}/git/refs', parameters: { ref: `refs/heads/${branch}`, sha: commit }, action: `put the branch ${branch} back` };
  const reply = await api.call(repository, call);
  const { message } = reply.status === 422 ? problemOf(reply) : { message: '' };
  if (/already exists/i.test(message)) return;
  if (/object does not exist/i.test(message)) throw new NotFound(`GitHub does not have the commit ${commit} any more, so ${branch} cannot be put back there: push it`);
  api.read(zAnything, reply, call);
}
