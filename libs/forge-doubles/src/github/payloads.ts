import { createHmac, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Account } from '../base/accounts.js';
import type { Delivery } from '../base/deliveries.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { DoubleEvent, Hook, RequestAction } from '../base/records.js';
import type { Shape, Shapes } from './shapes.js';

interface Example {
  readonly name: string;
  readonly examples: readonly Shape[];
}

interface Payload {
  readonly name: string;
  readonly body: Shape;
}

const ACTIONS: Readonly<Record<RequestAction, string>> = { opened: 'opened', edited: 'edited', retargeted: 'edited', closed: 'closed', merged: 'closed', reopened: 'reopened', drafted: 'converted_to_draft', ready: 'ready_for_review', pushed: 'synchronize', labelled: 'labeled' };
const NONE = '0'.repeat(40);
let examples: readonly Example[] | undefined;

/** Webhooks in the form of the published examples: docs.github.com/en/webhooks/webhook-events-and-payloads */
export function payloadsOf(shapes: Shapes, event: DoubleEvent, hook: Hook, repository: DoubleRepository): readonly Delivery[] {
  const payload = payloadOf(shapes, event, repository);
  if (payload.name === 'ping' ? event.kind !== 'hook' || event.hook.id !== hook.id : !hook.events.includes(payload.name)) return [];
  const text = JSON.stringify({ ...payload.body, repository: { ...(payload.body['repository'] as Shape), ...pick(shapes.repository(repository), ['id', 'name', 'full_name', 'owner', 'default_branch']) }, sender: shapes.account(senderOf(event)) });
  return [
    {
      url: hook.url,
      body: text,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/1234567',
        'x-github-event': payload.name,
        'x-github-delivery': randomUUID(),
        'x-github-hook-id': String(hook.id),
        ...(hook.secret !== '' && { 'x-hub-signature-256': `sha256=${createHmac('sha256', hook.secret).update(text).digest('hex')}` }),
      },
    },
  ];
}

function senderOf(event: DoubleEvent): Account {
  return event.kind === 'push' ? event.push.by : event.by;
}

function payloadOf(shapes: Shapes, event: DoubleEvent, repository: DoubleRepository): Payload {
  switch (event.kind) {
    case 'push': {
      const { ref, before = NONE, after = NONE, by } = event.push;
      return { name: 'push', body: { ...published('push'), ref, before, after, created: before === NONE, deleted: after === NONE, commits: after === NONE ? [] : [{ ...(published('push', 1)['head_commit'] as Shape), id: after }], pusher: { name: by.login, email: by.email } } };
    }
    case 'request':
      return { name: 'pull_request', body: { ...published('pull_request'), action: ACTIONS[event.action], number: event.request.number, pull_request: { ...(published('pull_request')['pull_request'] as Shape), ...shapes.pullSimple(repository, event.request) } } };
    case 'review':
      return { name: 'pull_request_review', body: { ...published('pull_request_review'), action: event.action, review: { ...shapes.review(event.review), state: event.review.state }, pull_request: shapes.pullSimple(repository, event.request) } };
    case 'comment':
      return { name: 'issue_comment', body: { ...published('issue_comment'), action: 'created', comment: shapes.comment(repository, event.comment) } };
    case 'status':
      return event.status.extra['app'] === undefined
        ? { name: 'status', body: { ...published('status'), sha: event.status.commit, context: event.status.context, state: event.status.state, name: repository.path } }
        : { name: 'check_run', body: { ...published('check_run'), check_run: shapes.checkRun(event.status) } };
    case 'hook':
      return { name: 'ping', body: { ...published('ping'), hook_id: event.hook.id } };
  }
}

function published(name: string, index = 0): Shape {
  examples ??= createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly Example[];
  const found = examples.find((one) => one.name === name)?.examples[index];
  if (!found) throw new Error(`there is no published example of ${name}`);
  return structuredClone(found);
}

function pick(shape: Shape, names: readonly string[]): Shape {
  return Object.fromEntries(names.map((name) => [name, shape[name]]));
}
