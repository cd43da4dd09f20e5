import { createHmac, timingSafeEqual } from 'node:crypto';
import { InvalidInput } from '@sluice/kernel';
import type { ForgeEvent, WebhookDelivery, WebhookFormat } from '@sluice/usecases';
import type { z } from 'zod';
import { zActionRun, zDelete, zPush, zRequestEvent, zStatus, zWithRepository, zWorkflowJob, zWorkflowRun } from './webhook-schema.js';

/** Where a signature stands: Forgejo sends its own header beside Gitea's. The last one is GitHub's form, which both send too. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['x-forgejo-signature', ''],
  ['x-gitea-signature', ''],
  ['x-hub-signature-256', 'sha256='],
];
const NOTHING: ForgeEvent = { kind: 'nothing' };

type Read = (body: unknown) => ForgeEvent;

/** What happened by the event's name. `x-gitea-event` names groups in GitHub's words, `x-gitea-event-type` the very event; the names of both are here. */
const EVENTS: Readonly<Record<string, Read>> = {
  push: (body) => {
    const { ref, before, after, commits, pusher } = parse(zPush, body);
    return { kind: 'push', ref, ...(before && { before }), ...(after && { after }), by: pusher.login, commits: (commits ?? []).map(({ id }) => id) };
  },
  delete: (body) => {
    const { ref, ref_type: kind, sender } = parse(zDelete, body);
    return kind === 'branch' ? { kind: 'push', ref: `refs/heads/${ref}`, by: sender.login, commits: [] } : NOTHING;
  },
  status: (body) => {
    const { sha, context } = parse(zStatus, body);
    return { kind: 'status', commit: sha, ...(context != null && { context }) };
  },
  workflow_run: (body) => ({ kind: 'status', commit: parse(zWorkflowRun, body).workflow_run.head_sha }),
  workflow_job: (body) => ({ kind: 'status', commit: parse(zWorkflowJob, body).workflow_job.head_sha }),
};

/** Deliveries of Gitea and Forgejo. */
export const giteaWebhooks: WebhookFormat = {
  verify: (delivery, secret) => Promise.resolve(secret !== '' && isSigned(delivery, secret)),
  read: (delivery) => {
    const body = parseJson(delivery.body);
    const name = nameOf(delivery);
    const path = parse(zWithRepository, body).repository?.full_name ?? runRepository(name, body);
    return { ...(path !== undefined && { path }), event: eventOf(name, body) };
  },
};

/** HMAC-SHA256 over the bytes as they came; compared in constant time. */
function isSigned({ headers, body }: WebhookDelivery, secret: string): boolean {
  const [name, prefix] = SIGNATURES.find(([header]) => headers[header] !== undefined) ?? [];
  const given = name === undefined ? '' : (headers[name] ?? '');
  if (prefix === undefined || !given.startsWith(prefix)) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  const signature = Buffer.from(given.slice(prefix.length), 'hex');
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function nameOf({ headers }: WebhookDelivery): string {
  return ['x-forgejo-event-type', 'x-gitea-event-type', 'x-forgejo-event', 'x-gitea-event'].map((header) => headers[header] ?? '').find((value) => value !== '') ?? '';
}

function eventOf(name: string, body: unknown): ForgeEvent {
  // labels are for people
  if (name === 'pull_request_label') return NOTHING;
  if (isAboutRequest(name)) return requestEvent(name, body);
  if (name.startsWith('action_run')) return { kind: 'status', commit: parse(zActionRun, body).run.commit_sha };
  return (Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined)?.(body) ?? NOTHING;
}

/** `pull_request`, `pull_request_sync`, `pull_request_review_approved`, `pull_request_comment`, …; a comment is an `issue_comment` in GitHub's words. */
function isAboutRequest(name: string): boolean {
  return name.startsWith('pull_request') || name === 'issue_comment';
}

/** `pull_request_review_approved`, `pull_request_approved` in older versions, … */
const REVIEWS = /^pull_request_(review_)?(approved|rejected|comment)$/;

/** An event of an issue, or a comment whose request an older version does not tell, leads nowhere. */
function requestEvent(name: string, body: unknown): ForgeEvent {
  const { pull_request: request, sender } = parse(zRequestEvent, body);
  if (!request) return NOTHING;
  const { number, head, base } = request;
  return { kind: 'request', number, sourceBranch: head.label || head.ref, targetBranch: base.ref, ...(sender && { by: sender.login }), ...(REVIEWS.test(name) && { about: 'reviews' }) };
}

function runRepository(name: string, body: unknown): string | undefined {
  return name.startsWith('action_run') ? parse(zActionRun, body).run.repository?.full_name : undefined;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new InvalidInput('The body of the webhook is not JSON: choose the content type application/json for it');
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InvalidInput(`The body of the webhook is not what the forge documents (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`);
}
