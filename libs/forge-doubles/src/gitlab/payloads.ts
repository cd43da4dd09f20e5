import { randomUUID } from 'node:crypto';
import type { Account } from '../base/accounts.js';
import type { Delivery } from '../base/deliveries.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { DoubleEvent, Hook, StoredPush, StoredRequest, StoredStatus } from '../base/records.js';
import { refOf } from './pipelines.js';

const NONE = '0'.repeat(40);
const ACTIONS: Readonly<Record<string, string>> = { opened: 'open', closed: 'close', merged: 'merge', reopened: 'reopen' };

interface Payload {
  /** Of the hook's switches. */
  readonly wants: string;
  readonly event: string;
  readonly body: object;
}

/** What webhooks of projects send: docs.gitlab.com/user/project/integrations/webhook_events */
export function gitlabPayloads(url: string): (event: DoubleEvent, hook: Hook, repository: DoubleRepository) => readonly Delivery[] {
  return (event, hook, repository) => {
    const payloads = payloadsOf(event, repository, url).filter(({ wants }) => hook.events.includes(wants));
    return payloads.map(({ event: name, body }) => ({
      url: hook.url,
      headers: { 'content-type': 'application/json', 'user-agent': 'GitLab/18.5.0', 'x-gitlab-event': name, 'x-gitlab-instance': url, 'x-gitlab-webhook-uuid': randomUUID(), 'x-gitlab-event-uuid': randomUUID(), 'idempotency-key': randomUUID(), ...(hook.secret !== '' && { 'x-gitlab-token': hook.secret }) },
      body: JSON.stringify(body),
    }));
  };
}

function payloadsOf(event: DoubleEvent, repository: DoubleRepository, url: string): readonly Payload[] {
  const project = projectOf(repository, url);
  switch (event.kind) {
    case 'push':
      return [pushPayload(event.push, repository, url)];
    case 'request':
      return [requestPayload(event.request, { action: ACTIONS[event.action] ?? 'update', by: event.by, project })];
    case 'review':
      return reviewPayloads(event, project);
    case 'comment': {
      const { id, body, at } = event.comment;
      return [{ wants: 'note_events', event: 'Note Hook', body: { object_kind: 'note', event_type: 'note', user: userIn(event.by), project_id: repository.parts.id, project, object_attributes: { id, note: body, noteable_type: 'MergeRequest', author_id: event.by.id, created_at: new Date(at).toISOString(), system: false, action: 'create' }, merge_request: requestIn(event.request) } }];
    }
    case 'status':
      return statusPayloads(event.status, project);
    case 'hook':
      return [];
  }
}

function pushPayload({ ref, by, ...push }: StoredPush, repository: DoubleRepository, url: string): Payload {
  const { before, after }: { readonly before: string; readonly after: string } = { before: NONE, after: NONE, ...push };
  const removed = after === NONE;
  const commits = removed ? [] : [{ id: after, message: 'Change', title: 'Change', url: `${url}/${repository.path}/-/commit/${after}`, author: { name: by.name, email: '[REDACTED]' }, added: [], modified: [], removed: [] }];
  const user = { user_id: by.id, user_name: by.name, user_username: by.login };
  return { wants: 'push_events', event: 'Push Hook', body: { object_kind: 'push', event_name: 'push', before, after, ref, ref_protected: false, checkout_sha: removed ? null : after, ...user, project_id: repository.parts.id, project: projectOf(repository, url), commits, total_commits_count: commits.length } };
}

/** GitLab tells of approvals only. */
function reviewPayloads({ action, request, review, by }: Extract<DoubleEvent, { readonly kind: 'review' }>, project: object): readonly Payload[] {
  if (action === 'dismissed') return [requestPayload(request, { action: 'unapproved', by, project })];
  return review.state === 'approved' ? [requestPayload(request, { action: 'approved', by, project })] : [];
}

function statusPayloads(status: StoredStatus, project: object): readonly Payload[] {
  const { id, commit, state, context, extra, by } = status;
  const isJob = extra['job'] === true;
  const pipeline: Payload = { wants: 'pipeline_events', event: 'Pipeline Hook', body: { object_kind: 'pipeline', object_attributes: { id, ref: refOf(status), sha: commit, status: state, source: isJob ? 'push' : 'external' }, user: userIn(by), project, builds: [] } };
  const job: Payload = { wants: 'job_events', event: 'Job Hook', body: { object_kind: 'build', ref: refOf(status), sha: commit, build_id: id, build_name: context, build_status: state, project } };
  return isJob ? [pipeline, job] : [pipeline];
}

function requestPayload(request: StoredRequest, { action, by, project }: { readonly action: string; readonly by: Account; readonly project: object }): Payload {
  return { wants: 'merge_requests_events', event: 'Merge Request Hook', body: { object_kind: 'merge_request', event_type: 'merge_request', user: userIn(by), project, object_attributes: { ...requestIn(request), action }, labels: [], changes: {} } };
}

function requestIn(request: StoredRequest): object {
  const { id, number, title, source, target, state, draft, head } = request;
  return { id, iid: number, title, source_branch: source, target_branch: target, state: state === 'open' ? 'opened' : state, draft, work_in_progress: draft, last_commit: { id: head } };
}

function userIn({ id, login, name }: Account): object {
  return { id, name, username: login, avatar_url: null, email: '[REDACTED]' };
}

function projectOf({ parts, path }: DoubleRepository, url: string): object {
  return { id: parts.id, name: path.split('/').at(-1), path_with_namespace: path, web_url: `${url}/${path}`, git_http_url: `${url}/${path}.git`, default_branch: parts.defaultBranch, visibility_level: 0 };
}
