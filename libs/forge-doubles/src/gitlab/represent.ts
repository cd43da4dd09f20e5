import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredComment, StoredRequest, StoredStatus } from '../base/records.js';
import { type GitlabContext, timeOf, userOf } from './gitlab-context.js';
import { hasConflicts, mergeStatusOf, noticedVersionsOf } from './mergeability.js';
import { type Pipeline, refOf } from './pipelines.js';

const STATES = { open: 'opened', closed: 'closed', merged: 'merged' } as const;

/** A merge request as it stands in lists: docs.gitlab.com/api/merge_requests/#list-project-merge-requests */
export async function requestOf({ world, projects }: GitlabContext, repository: DoubleRepository, request: StoredRequest): Promise<Record<string, unknown>> {
  const extra = projects.extra(request);
  const status = await mergeStatusOf(projects, repository, request);
  return {
    id: request.id,
    iid: request.number,
    project_id: repository.parts.id,
    title: request.draft ? `Draft: ${request.title}` : request.title,
    description: request.body,
    state: STATES[request.state],
    created_at: timeOf(request.createdAt),
    updated_at: timeOf(request.updatedAt),
    ...endOf(request, world.url),
    target_branch: request.target,
    source_branch: request.source,
    author: userOf(request.author, world.url),
    source_project_id: repository.parts.id,
    target_project_id: repository.parts.id,
    labels: request.labels,
    draft: request.draft,
    work_in_progress: request.draft,
    merge_when_pipeline_succeeds: false,
    merge_status: status === 'conflict' ? 'cannot_be_merged' : 'can_be_merged',
    detailed_merge_status: status,
    has_conflicts: request.state === 'open' && (await hasConflicts(repository, request)),
    sha: noticedVersionsOf(projects, repository, request)[0]?.head ?? request.head,
    merge_commit_sha: extra.mergeCommit ?? null,
    squash_commit_sha: extra.squashCommit ?? null,
    should_remove_source_branch: null,
    force_remove_source_branch: extra.forceRemoveSourceBranch,
    squash: extra.squash,
    squash_on_merge: extra.squash,
    web_url: `${world.url}/${repository.path}/-/merge_requests/${request.number}`,
    user_notes_count: repository.comments.filter((one) => one.request === request.number).length,
    blocking_discussions_resolved: true,
  };
}

function endOf({ state, ended }: StoredRequest, url: string): object {
  const by = ended ? userOf(ended.by, url) : null;
  const at = ended ? timeOf(ended.at) : null;
  const merged = state === 'merged';
  const closed = state === 'closed';
  return { merge_user: merged ? by : null, merged_by: merged ? by : null, merged_at: merged ? at : null, closed_by: closed ? by : null, closed_at: closed ? at : null };
}

/** A single one: docs.gitlab.com/api/merge_requests/#get-single-mr */
export async function wholeRequestOf(context: GitlabContext, repository: DoubleRepository, request: StoredRequest): Promise<Record<string, unknown>> {
  const [newest] = noticedVersionsOf(context.projects, repository, request);
  const extra = context.projects.extra(request);
  return {
    ...(await requestOf(context, repository, request)),
    diff_refs: { base_sha: request.base, head_sha: newest?.head ?? request.head, start_sha: request.base },
    changes_count: '1',
    merge_error: extra.mergeError ?? null,
    head_pipeline: null,
    user: { can_merge: true },
  };
}

/** docs.gitlab.com/api/notes/#single-merge-request-note */
export function noteOf({ world }: GitlabContext, comment: StoredComment & { readonly system?: boolean }): object {
  const { id, body, by, at, updatedAt, request, system = false } = comment;
  return { id, type: null, body, attachment: null, author: userOf(by, world.url), created_at: timeOf(at), updated_at: timeOf(updatedAt), system, noteable_id: request, noteable_type: 'MergeRequest', noteable_iid: request, resolvable: false, confidential: false, internal: false };
}

/** docs.gitlab.com/api/commits/#list-the-statuses-of-a-commit */
export function statusOf({ world }: GitlabContext, status: StoredStatus): object {
  const { id, commit, context: name, state, description, url, by, at, extra } = status;
  const ended = ['success', 'failed', 'canceled', 'skipped'].includes(state);
  return {
    id,
    sha: commit,
    ref: refOf(status),
    status: state,
    name,
    target_url: url ?? null,
    description: description === '' ? null : description,
    created_at: timeOf(at),
    started_at: state === 'pending' ? null : timeOf(at),
    finished_at: ended ? timeOf(at) : null,
    allow_failure: extra['allow_failure'] === true,
    coverage: null,
    pipeline_id: id,
    author: userOf(by, world.url),
  };
}

/** docs.gitlab.com/api/pipelines/#list-project-pipelines */
export function pipelineOf({ world }: GitlabContext, { path, parts }: DoubleRepository, { pipeline, sha }: { readonly pipeline: Pipeline; readonly sha: string }): object {
  const { id, ref, status, source, at } = pipeline;
  return { id, iid: id, project_id: parts.id, status, source, ref, sha, web_url: `${world.url}/${path}/-/pipelines/${id}`, created_at: timeOf(at), updated_at: timeOf(at) };
}

/** What GitLab writes by itself, in the order of what happened. */
export function systemNotesOf(repository: DoubleRepository, request: StoredRequest): readonly (StoredComment & { readonly system: true })[] {
  const said: Readonly<Record<string, string>> = {
    ready: 'marked this merge request as **ready**',
    drafted: 'marked this merge request as **draft**',
    closed: 'closed',
    reopened: 'reopened',
    merged: 'merged',
    pushed: 'added 1 commit\n\n<ul><li>…</li></ul>\n\n[Compare with previous version](…)',
  };
  const reviewed: Readonly<Record<string, string>> = { approved: 'approved this merge request', rejected: 'requested changes', dismissed: 'approved this merge request' };
  const history = request.history.filter(({ action }) => said[action] !== undefined).map(({ id, action, by, at }) => ({ id, by, at, body: said[action] ?? '' }));
  const reviews = repository.reviews.filter((one) => one.request === request.number && reviewed[one.state] !== undefined).map(({ id, state, by, at }) => ({ id, by, at, body: reviewed[state] ?? '' }));
  return [...history, ...reviews].map((note) => ({ ...note, request: request.number, updatedAt: note.at, system: true }));
}
