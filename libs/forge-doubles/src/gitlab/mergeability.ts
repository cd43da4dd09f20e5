import type { CommitSha } from '@sluice/kernel';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest } from '../base/records.js';
import { tryGit } from '../base/run-git.js';
import type { GitlabProjects, GitlabSettings } from './gitlab-projects.js';
import { pipelinesOf } from './pipelines.js';

/** `detailed_merge_status`: docs.gitlab.com/api/merge_requests/#merge-status */
export async function mergeStatusOf(projects: GitlabProjects, repository: DoubleRepository, request: StoredRequest): Promise<string> {
  const settings = projects.of(repository);
  if (request.state !== 'open') return 'not_open';
  if (settings.mergeStatus !== undefined) return settings.mergeStatus;
  if (request.draft) return 'draft_status';
  if (await hasConflicts(repository, request)) return 'conflict';
  if (repository.unmet(request, () => true)) return 'not_approved';
  return pipelineObstacle(settings, repository, request) ?? (await methodObstacle(projects, repository, request)) ?? 'mergeable';
}

/** Looks at what GitLab has taken notice of. */
async function methodObstacle(projects: GitlabProjects, repository: DoubleRepository, request: StoredRequest): Promise<string | undefined> {
  if (projects.of(repository).mergeMethod === 'merge') return undefined;
  const head = noticedVersionsOf(projects, repository, request)[0]?.head ?? request.head;
  return (await isOnTarget(repository, { ...request, head })) ? undefined : 'need_rebase';
}

function pipelineObstacle({ onlyAllowMergeIfPipelineSucceeds: wanted }: GitlabSettings, repository: DoubleRepository, { head }: StoredRequest): string | undefined {
  if (!wanted) return undefined;
  const [newest] = pipelinesOf(repository, head);
  if (newest?.status === 'success') return undefined;
  return newest?.status === 'failed' ? 'ci_must_pass' : 'ci_still_running';
}

export async function hasConflicts({ git }: DoubleRepository, { head, target }: StoredRequest): Promise<boolean> {
  const tip = await git.head(target);
  return tip !== undefined && (await tryGit(['merge-tree', '--write-tree', tip, head], { cwd: git.gitDir })).code === 1;
}

/** Whether a fast-forward of the target is possible. */
async function isOnTarget({ git }: DoubleRepository, { head, target }: StoredRequest): Promise<boolean> {
  const tip = await git.head(target);
  return tip !== undefined && git.isAncestor(tip, head);
}

/** The versions that GitLab has taken notice of, newest first. */
export function noticedVersionsOf(projects: GitlabProjects, repository: DoubleRepository, request: StoredRequest): readonly Version[] {
  const versions = versionsOf(repository, request);
  const extra = projects.extra(request);
  if (extra.counted !== versions.length) Object.assign(extra, { counted: versions.length, unnoticed: versions.length > 1 ? projects.of(repository).noticeLooks : 0 });
  const noticed = (extra.unnoticed ?? 0) > 0 ? versions.slice(1) : versions;
  const since = repository.parts.now() - projects.of(repository).noticeAfter;
  return noticed.filter(({ at }, index) => index === noticed.length - 1 || at <= since);
}

export interface Version {
  readonly id: number;
  readonly head: CommitSha;
  readonly at: number;
}

/** The heads that a request has had, newest first: docs.gitlab.com/api/merge_requests/#get-merge-request-diff-versions */
function versionsOf({ pushes }: DoubleRepository, request: StoredRequest): readonly Version[] {
  const ofSource = pushes.filter(({ ref, after }) => ref === `refs/heads/${request.source}` && after !== undefined);
  const ended = request.history.find(({ action }) => action === 'merged' || action === 'closed')?.id ?? Infinity;
  const first = ofSource.findLast(({ id }) => id < request.id);
  const later = ofSource.filter(({ id }) => id > request.id && id < ended);
  const versions = [...(first ? [{ id: request.id, head: first.after ?? request.head, at: request.createdAt }] : []), ...later.map(({ id, after, at }) => ({ id, head: after ?? request.head, at }))];
  return versions.length === 0 ? [{ id: request.id, head: request.head, at: request.createdAt }] : versions.reverse();
}
