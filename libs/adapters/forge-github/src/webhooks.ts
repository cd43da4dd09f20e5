import { verify } from '@octokit/webhooks-methods';
import { type CommitSha, InvalidInput, present } from '@sluice/kernel';
import type { ForgeEvent, WebhookDelivery, WebhookFormat } from '@sluice/usecases';
import { z } from 'zod';

const NOTHING: ForgeEvent = { kind: 'nothing' };
/** Labels are for people. */
const LABELS: ReadonlySet<string> = new Set(['labeled', 'unlabeled']);
const NO_COMMIT = /^0+$/;
const zSha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/).transform((text) => text as CommitSha);
const zLogin = z.object({ login: z.string() });

// Only where to look is read: docs.github.com/en/webhooks/webhook-events-and-payloads
const zCommon = z.object({ repository: z.object({ full_name: z.string() }).nullish() });
const zPush = z.object({
  ref: z.string(),
  before: zSha,
  after: zSha,
  commits: z.array(z.object({ id: zSha })).default([]),
  sender: zLogin.nullish(),
  pusher: z.object({ name: z.string() }),
});
const zBranch = z.object({ ref: z.string(), label: z.string().nullish(), repo: z.object({ full_name: z.string() }).nullish() });
const zRequest = z.object({ sender: zLogin.nullish(), pull_request: z.object({ number: z.number(), head: zBranch, base: zBranch }) });
const zAction = z.object({ action: z.string() });
const zStatus = z.object({ sha: zSha, context: z.string().optional() });
const zRun = z.object({ check_run: z.object({ head_sha: zSha, name: z.string().optional() }) });
const zSuite = z.object({ check_suite: z.object({ head_sha: zSha }) });

const READERS: Readonly<Record<string, (payload: unknown) => ForgeEvent>> = {
  push: (payload) => pushEvent(read(zPush, payload)),
  pull_request: (payload) => (LABELS.has(read(zAction, payload).action) ? NOTHING : requestEvent(payload)),
  pull_request_review: reviewEvent,
  pull_request_review_comment: reviewEvent,
  pull_request_review_thread: reviewEvent,
  status: (payload) => {
    const { sha, context } = read(zStatus, payload);
    return { kind: 'status', commit: sha, ...present({ context }) };
  },
  check_run: (payload) => {
    const { head_sha: commit, name } = read(zRun, payload).check_run;
    return { kind: 'status', commit, ...present({ context: name }) };
  },
  check_suite: (payload) => ({ kind: 'status', commit: read(zSuite, payload).check_suite.head_sha }),
};

/** GitHub's webhooks. docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const githubWebhooks: WebhookFormat = {
  verify: async ({ headers, body }, secret) => {
    const signature = headers['x-hub-signature-256'];
    const text = textOf(body);
    if (signature === undefined || signature === '' || secret === '' || text === undefined || text === '') return false;
    return verify(secret, text, signature);
  },
  read: ({ headers, body }) => {
    const payload = payloadOf(headers, body);
    const { repository } = read(zCommon, payload);
    const name = headers['x-github-event'] ?? '';
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    return { event: reader ? reader(payload) : NOTHING, ...(repository && { path: repository.full_name }) };
  },
};

/** Nothing for bytes that are no text: a text made of them would be another one. */
function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** A hook that was made by hand may send a form instead of JSON. */
function payloadOf(headers: WebhookDelivery['headers'], body: Uint8Array): unknown {
  const text = textOf(body) ?? '';
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
  } catch {
    throw new InvalidInput("A webhook's body has to be JSON");
  }
}

function read<T>(schema: z.ZodType<T>, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) throw new InvalidInput(`A webhook's body is not what GitHub documents: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function pushEvent({ ref, before, after, commits, sender, pusher }: z.output<typeof zPush>): ForgeEvent {
  return {
    kind: 'push',
    ref,
    by: sender?.login ?? pusher.name,
    commits: commits.map(({ id }) => id),
    ...(!NO_COMMIT.test(before) && { before }),
    ...(!NO_COMMIT.test(after) && { after }),
  };
}

function reviewEvent(payload: unknown): ForgeEvent {
  return { ...requestEvent(payload), about: 'reviews' };
}

function requestEvent(payload: unknown): Extract<ForgeEvent, { kind: 'request' }> {
  const { pull_request: pull, sender } = read(zRequest, payload);
  const { number, head, base } = pull;
  const sourceBranch = head.repo?.full_name === base.repo?.full_name ? head.ref : (head.label ?? `unknown:${head.ref}`);
  return { kind: 'request', number, sourceBranch, targetBranch: base.ref, ...present({ by: sender?.login }) };
}
