import { createHmac, timingSafeEqual, createHash } from 'node:crypto';
import { type CommitSha, commitSha, InvalidInput, present } from '@sluice/kernel';
import type { ForgeEvent, WebhookDelivery, WebhookFormat } from '@sluice/usecases';
import { z } from 'zod';

const NONE = /^0+$/;
const NOTHING: ForgeEvent = { kind: 'nothing' };

const zSha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/).transform((text) => (NONE.test(text) ? undefined : commitSha(text)));
const zProject = z.object({ path_with_namespace: z.string() });

/** docs.gitlab.com/user/project/integrations/webhook_events */
const zPush = z.object({ project: zProject, ref: z.string(), before: zSha, after: zSha, user_username: z.string(), commits: z.array(z.object({ id: z.string().transform(commitSha) })).default([]) });
const zRequest = z.object({ iid: z.number().int(), source_branch: z.string(), target_branch: z.string(), action: z.string().nullish() });
const zUser = z.object({ username: z.string() }).optional();
const zMergeRequest = z.object({ project: zProject, user: zUser, object_attributes: zRequest });
const zNote = z.object({ project: zProject, user: zUser, merge_request: zRequest.optional() });
const zPipeline = z.object({ project: zProject, object_attributes: z.object({ sha: z.string().transform(commitSha) }) });
/** Before GitLab 15 a job's event had no `project`. */
const zJob = z.object({ project: zProject.optional(), sha: z.string().transform(commitSha), build_name: z.string().optional() });

type Told = ReturnType<WebhookFormat['read']>;

const READERS: Readonly<Record<string, (body: unknown) => Told>> = {
  'Push Hook': readPush,
  'Tag Push Hook': readPush,
  'Merge Request Hook': (body) => {
    const { project, user, object_attributes: request } = zMergeRequest.parse(body);
    const event = requestEvent(request, user?.username);
    return { path: project.path_with_namespace, event: /^(un)?approv(ed|al)$/.test(request.action ?? '') ? { ...event, about: 'reviews' } : event };
  },
  'Note Hook': (body) => {
    const { project, user, merge_request: request } = zNote.parse(body);
    return { path: project.path_with_namespace, event: request ? requestEvent(request, user?.username) : NOTHING };
  },
  'Pipeline Hook': (body) => {
    const { project, object_attributes: pipeline } = zPipeline.parse(body);
    return { path: project.path_with_namespace, event: { kind: 'status', commit: pipeline.sha } };
  },
  'Job Hook': (body) => {
    const { project, sha, build_name: context } = zJob.parse(body);
    return { event: { kind: 'status', commit: sha, ...present({ context }) }, ...present({ path: project?.path_with_namespace }) };
  },
};

/** Webhooks of projects and groups: docs.gitlab.com/user/project/integrations/webhooks. */
export const gitlabWebhooks: WebhookFormat = {
  verify: ({ headers, body }, secret) => Promise.resolve(secret !== '' && (isToken(headers['x-gitlab-token'], secret) || isSigned(headers, body, secret))),
  read: (delivery) => {
    const name = delivery.headers['x-gitlab-event'] ?? '';
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    // system hooks come from the instance, not from a project; the rest is about what Sluice has no use for
    return reader ? parsed(reader, delivery) : { event: NOTHING };
  },
};

function parsed(reader: (body: unknown) => Told, { headers, body }: WebhookDelivery): Told {
  try {
    return reader(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (error) {
    const where = error instanceof z.ZodError ? `: ${error.issues[0]?.path.join('.') ?? ''}` : '';
    throw new InvalidInput(`The body of the ${headers['x-gitlab-event'] ?? ''} is not what GitLab documents${where}`);
  }
}

function readPush(body: unknown): Told {
  const { project, ref, before, after, user_username: by, commits } = zPush.parse(body);
  return { path: project.path_with_namespace, event: { kind: 'push', ref, by, commits: commits.map(({ id }): CommitSha => id), ...present({ before, after }) } };
}

function requestEvent({ iid: number, source_branch: sourceBranch, target_branch: targetBranch }: z.output<typeof zRequest>, by: string | undefined): Extract<ForgeEvent, { kind: 'request' }> {
  return { kind: 'request', number, sourceBranch, targetBranch, ...present({ by }) };
}

/** The secret itself stands in the header. */
function isToken(token: string | undefined, secret: string): boolean {
  return token !== undefined && same(token, secret);
}

/** Webhooks with a signing token (GitLab 19) follow standardwebhooks.com: `v1,<base64>` of id, time and body; several are separated by spaces. The secret is then `whsec_<base64>`. */
function isSigned(headers: WebhookDelivery['headers'], body: Uint8Array, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = headers;
  if (id === undefined || time === undefined || signatures === undefined || !secret.startsWith(SIGNING)) return false;
  const key = Buffer.from(secret.slice(SIGNING.length), 'base64');
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64')}`;
  return signatures.split(' ').filter((signature) => same(signature, expected)).length > 0;
}

const SIGNING = 'whsec_';

/** Of digests, so that the time does not tell the length either. */
function same(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
