import type { CommitSha, RepositoryId } from '@sluice/kernel';

/** What is remembered of each request of a repository. */
export function changesOf(repository: RepositoryId): string {
  return `change:${repository}:`;
}

export function changeKey(repository: RepositoryId, number: number): string {
  return `${changesOf(repository)}${number}/`;
}

export function reviewsKey(repository: RepositoryId, number: number): string {
  return `reviews:${repository}:${number}/`;
}

export function statusesKey(repository: RepositoryId, commit: CommitSha): string {
  return `statuses:${repository}:${commit}/`;
}

/** Who Sluice is on the forge. */
export const OWN_LOGIN = 'own-login';

/** What was promoted in a repository before it was connected is not known yet. */
export function unreadKey(repository: RepositoryId): string {
  return `unread:${repository}/`;
}
