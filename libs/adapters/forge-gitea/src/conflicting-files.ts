import { printableLine, type RepositoryId, SluiceError } from '@sluice/kernel';
import type { GiteaApi } from './gitea-api.js';
import { type PullRequest, zCompare, zFiles } from './schema.js';

const MAX_NAMED = 5;

/** The files that both sides have changed since their merge base: the API does not name what conflicts. undefined: it cannot be found out. Follows repoGetPullRequestFiles and repoCompareDiff. */
export async function changedOnBothSides(api: GiteaApi, repository: RepositoryId, request: PullRequest): Promise<readonly string[] | undefined> {
  const { number, merge_base: base, base: target } = request;
  if (base === undefined || target.sha === undefined) return undefined;
  const path = await api.repository(repository);
  try {
    const [ours, theirs] = await Promise.all([
      api.all(zFiles, { path: `${path}/pulls/${number}/files`, action: `see the files of request ${number}` }),
      api.ask(zCompare, { method: 'GET', path: `${path}/compare/${base}...${target.sha}`, action: `see what has changed on ${target.ref}` }),
    ]);
    const changed = new Set((theirs.commits ?? []).flatMap(({ files }) => files ?? []).map(({ filename }) => filename));
    return ours.flatMap(({ filename, previous_filename: before }) => [filename, before ?? filename].find((name) => changed.has(name)) ?? []);
  } catch (error) {
    // what was refused stays so, with or without the names
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}

export function namedFiles(files: readonly string[]): string {
  const more = files.length > MAX_NAMED ? ` and ${files.length - MAX_NAMED} more` : '';
  return `${printableLine(files.slice(0, MAX_NAMED).join(', '), 500)}${more}`;
}
