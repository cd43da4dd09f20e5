import type { RepositoryId } from '@sluice/kernel';
import type { GitlabApi } from './gitlab-api.js';

const WANTED = 'wanted';

/** GitLab wants approvals of its own for a request: noted when somebody has looked at its reviews. */
export async function noteApprovalRules(api: GitlabApi, repository: RepositoryId, number: number): Promise<void> {
  await api.memory.put(await keyOf(api, repository, number), WANTED);
}

/** As far as anybody has looked. Such approvals survive a rebase by GitLab; a push takes them back where the project says so. */
export async function hasApprovalRules(api: GitlabApi, repository: RepositoryId, number: number): Promise<boolean> {
  return (await api.memory.get(await keyOf(api, repository, number))) === WANTED;
}

async function keyOf(api: GitlabApi, repository: RepositoryId, number: number): Promise<string> {
  return `approval-rules:${await api.path(repository)}!${number}`;
}
