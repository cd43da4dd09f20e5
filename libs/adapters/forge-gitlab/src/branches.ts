import type { CommitSha, RepositoryId } from '@sluice/kernel';
import { messageIn } from './api-error.js';
import type { Call, GitlabApi } from './gitlab-api.js';
import { zBranch } from './schema.js';

/** undefined: there is none. docs.gitlab.com/api/branches/#get-single-repository-branch */
export async function branchTip(api: GitlabApi, repository: RepositoryId, branch: string): Promise<CommitSha | undefined> {
  const call: Call = { method: 'GET', path: `${await api.project(repository)}/repository/branches/${encodeURIComponent(branch)}`, action: `read the branch ${branch}` };
  const answer = await api.call(call);
  return answer.status === 404 && /branch/i.test(messageIn(answer.body)) ? undefined : api.read(zBranch, answer, call).commit.id;
}
