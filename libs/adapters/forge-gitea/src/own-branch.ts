import type { RepositoryId } from '@sluice/kernel';
import type { GiteaApi } from './gitea-api.js';
import type { PullRequest } from './schema.js';
import { sourceOf } from './shown-request.js';

/** Branches that Sluice makes for requests, and nobody needs after a merge. All others stay, whatever the repository's settings say. */
const OWN = 'sluice/';

/** Remembers that a request was opened from a branch of Sluice's, so that its merge can take the branch away without a look before. */
export async function noteOwnBranch(api: GiteaApi, repository: RepositoryId, request: PullRequest): Promise<void> {
  if (sourceOf(request).startsWith(OWN)) await api.memory.put(await keyOf(api, repository, request.number), 'sluice');
}

export async function hasOwnBranch(api: GiteaApi, repository: RepositoryId, number: number): Promise<boolean> {
  return (await api.memory.get(await keyOf(api, repository, number))) !== undefined;
}

async function keyOf(api: GiteaApi, repository: RepositoryId, number: number): Promise<string> {
  return `request:${await api.path(repository)}#${number}:own`;
}
