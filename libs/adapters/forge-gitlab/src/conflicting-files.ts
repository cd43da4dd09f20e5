import { printableLine, type RepositoryId, SluiceError } from '@sluice/kernel';
import type { GitlabApi } from './gitlab-api.js';
import { type MergeRequest, zCommit, zComparison } from './schema.js';
import { headOf } from './shown-request.js';

const MAX_NAMED = 5;

/** `: both changed a.yaml, b.yaml`. GitLab's API does not name what conflicts, so these are the files that both sides changed since their merge base; nothing when even that cannot be found out. */
export async function conflictingFiles(api: GitlabApi, repository: RepositoryId, request: MergeRequest): Promise<string> {
  const head = headOf(request);
  if (head === undefined) return '';
  try {
    const project = await api.project(repository);
    const base = await api.ask(zCommit, { method: 'GET', path: `${project}/repository/merge_base?refs[]=${head}&refs[]=${encodeURIComponent(request.target_branch)}`, action: 'find the merge base' });
    const [ours, theirs] = await Promise.all([changed(api, project, base.id, head), changed(api, project, base.id, request.target_branch)]);
    const both = [...ours].filter((path) => theirs.has(path));
    const more = both.length > MAX_NAMED ? ` and ${both.length - MAX_NAMED} more` : '';
    return both.length === 0 ? '' : `: both changed ${printableLine(both.slice(0, MAX_NAMED).join(', '), 500)}${more}`;
  } catch (error) {
    // what was refused stays so, with or without the names
    if (error instanceof SluiceError) return '';
    throw error;
  }
}

async function changed(api: GitlabApi, project: string, from: string, to: string): Promise<ReadonlySet<string>> {
  const { diffs } = await api.ask(zComparison, { method: 'GET', path: `${project}/repository/compare`, query: { from, to, straight: true }, action: 'compare commits' });
  return new Set(diffs.flatMap(({ old_path: before, new_path: after }) => [before, after]));
}
