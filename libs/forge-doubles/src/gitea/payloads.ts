import { createHmac, randomUUID } from 'node:crypto';
import type { CommitSha } from '@sluice/kernel';
import type { Delivery } from '../base/deliveries.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { DoubleEvent, Hook, StoredPush, StoredRequest } from '../base/records.js';
import type { GiteaParts } from './parts.js';
import { repositoryJson, userJson } from './wire.js';

// Webhooks: docs.gitea.com/usage/webhooks, forgejo.org/docs/latest/user/webhooks; headers as `services/webhook/deliver.go` of both writes them.

interface Told {
  /** `X-Gitea-Event`: groups, in GitHub's words. */
  readonly event: string;
  /** `X-Gitea-Event-Type`: the very event, by which hooks are chosen. */
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const NONE = '0'.repeat(40);
const ACTIONS: Readonly<Record<string, string>> = { opened: 'opened', closed: 'closed', merged: 'closed', reopened: 'reopened', pushed: 'synchronized', labelled: 'label_updated' };
const REVIEWS: Readonly<Record<string, readonly [string, string]>> = {
  approved: ['pull_request_approved', 'pull_request_review_approved'],
  rejected: ['pull_request_rejected', 'pull_request_review_rejected'],
  commented: ['pull_request_comment', 'pull_request_review_comment'],
};

export function deliveriesOf(parts: GiteaParts, event: DoubleEvent, hook: Hook, repository: DoubleRepository): readonly Delivery[] {
  const told = tell(parts, event, repository);
  return told && isWanted(hook, told.type) ? [delivery(parts, hook, told)] : [];
}

/** `pull_request` chooses all of its kinds. */
function isWanted({ events }: Hook, type: string): boolean {
  return events.includes(type) || (type.startsWith('pull_request') && events.includes('pull_request'));
}

function tell(parts: GiteaParts, event: DoubleEvent, repository: DoubleRepository): Told | undefined {
  const { world, dialect } = parts;
  const shared = { repository: repositoryJson(world, repository) };
  switch (event.kind) {
    case 'push':
      return pushed(event.push, shared);
    case 'request': {
      const type = { pushed: 'pull_request_sync', labelled: 'pull_request_label' }[event.action as string] ?? 'pull_request';
      return { event: 'pull_request', type, body: { action: ACTIONS[event.action] ?? 'edited', number: event.request.number, pull_request: requestPayload(parts, event.request, repository), sender: userJson(event.by), ...shared } };
    }
    case 'review': {
      const [name, type] = REVIEWS[event.review.state] ?? [];
      return name === undefined || type === undefined ? undefined : { event: name, type, body: { action: 'reviewed', number: event.request.number, pull_request: requestPayload(parts, event.request, repository), review: { type, content: event.review.body }, sender: userJson(event.by), ...shared } };
    }
    case 'comment':
      return { event: 'issue_comment', type: 'pull_request_comment', body: { action: 'created', is_pull: true, issue: { number: event.request.number, title: event.request.title }, comment: { id: event.comment.id, body: event.comment.body }, sender: userJson(event.by), ...shared } };
    case 'status':
      return dialect.statusEvents ? { event: 'status', type: 'status', body: { sha: event.status.commit, context: event.status.context, state: event.status.state, sender: userJson(event.by), ...shared } } : undefined;
    case 'hook':
      return undefined;
  }
}

/** A branch that goes is no push but a `delete`. */
function pushed({ ref, before, after, by }: StoredPush, shared: Readonly<Record<string, unknown>>): Told {
  if (after === undefined) return { event: 'delete', type: 'delete', body: { ref: ref.replace('refs/heads/', ''), ref_type: 'branch', pusher_type: 'user', sender: userJson(by), ...shared } };
  const commits = [{ id: after, message: '' }] satisfies readonly { readonly id: CommitSha; readonly message: string }[];
  return { event: 'push', type: 'push', body: { ref, before: before ?? NONE, after, compare_url: '', commits, total_commits: 1, head_commit: commits[0], pusher: userJson(by), sender: userJson(by), ...shared } };
}

/** What a payload says of a request; without what only git knows. */
function requestPayload({ world }: GiteaParts, request: StoredRequest, { path, parts }: DoubleRepository) {
  const { number, title, body, state, source, target, head, base, author } = request;
  return {
    id: request.id,
    number,
    title,
    body,
    user: userJson(author),
    state: state === 'open' ? 'open' : 'closed',
    merged: state === 'merged',
    html_url: `${world.url}/${path}/pulls/${number}`,
    head: { label: source, ref: source, sha: head, repo_id: parts.id },
    base: { label: target, ref: target, sha: base, repo_id: parts.id },
  };
}

function delivery({ dialect }: GiteaParts, { url, secret }: Hook, { event, type, body }: Told): Delivery {
  const text = JSON.stringify(body, null, 2);
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  const id = randomUUID();
  const headersOf = (name: string): Readonly<Record<string, string>> => ({ [`x-${name}-delivery`]: id, [`x-${name}-event`]: event, [`x-${name}-event-type`]: type, [`x-${name}-signature`]: signature });
  const own = dialect.kind === 'forgejo' ? headersOf('forgejo') : {};
  return { url, body: text, headers: { 'content-type': 'application/json', ...own, ...headersOf('gitea'), ...headersOf('gogs'), 'x-hub-signature-256': `sha256=${signature}`, 'x-github-delivery': id, 'x-github-event': event, 'x-github-event-type': type } };
}
