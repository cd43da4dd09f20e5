import { z } from 'zod';
import { zTime } from './fields.js';

const zState = z.enum(['held', 'waiting', 'gathered', 'sent', 'failed', 'unheard']);
const zPlace = z.object({ repository: z.string().optional(), environment: z.string().optional(), application: z.string().optional(), promotion: z.string().optional(), cluster: z.string().optional() });
const zEndpointName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and -, at most 63 characters');
/** `slack:#releases`, `mail:ops@example.org`, `webhook:audit`. */
const zTarget = z.string().min(1).max(400);

/** GET /notifications: newest first. `state`: only those; `open` is held and waiting. `cursor`: the `next` of the page before. */
export const notificationQuery = z.object({ state: z.enum([...zState.options, 'open']).optional(), target: zTarget.optional(), cursor: z.coerce.number().int().min(1).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) });

/** One thing that somebody is told. `event`: its name in the pipeline file. `id` is the same however often it is sent. */
export const noticeDto = z.object({ id: z.string(), event: z.string(), title: z.string(), message: z.string(), next: z.string().optional(), link: z.string(), at: zTime, place: zPlace, by: z.string().optional() });

/**
 * `held`: told together with others at `dueAt`. `waiting`: sent, or tried again, at `dueAt`. `gathered`: told in another one. `failed`: given up. `unheard`: a failure of which nobody was told, because nobody is
 * named. `more`: things that it tells of and does not name.
 */
export const notificationDto = z.object({
  id: z.number().int(),
  target: z.string(),
  state: zState,
  title: z.string(),
  notices: z.array(noticeDto),
  more: z.number().int(),
  createdAt: zTime,
  dueAt: zTime,
  endedAt: zTime.optional(),
  attempts: z.number().int(),
  lastError: z.string().optional(),
});
export type NotificationDto = z.output<typeof notificationDto>;

/** `defaults`: whom the server tells what nobody else is told. `problems`: who would not be told, and why. */
export const notificationList = z.object({
  items: z.array(notificationDto),
  next: z.string().optional(),
  defaults: z.array(z.string()),
  problems: z.array(z.object({ repository: z.string().optional(), target: z.string(), message: z.string() })),
});
export type NotificationList = z.output<typeof notificationList>;

/** GET /notifications/targets: `target` once or many times. */
export const targetQuery = z.object({ target: z.union([zTarget.transform((one) => [one]), z.array(zTarget).min(1).max(100)]) });

/** In the order asked, each once. `message`: why the server has no way to it; absent: it has one. Whether Slack's bot may post in a channel is seen when it does. */
export const targetList = z.object({ items: z.array(z.object({ target: z.string(), message: z.string().optional() })) });
export type TargetList = z.output<typeof targetList>;

export const testRequest = z.object({ target: zTarget });
/** `handed-over`: the Slack bot fetches it. */
export const testReply = z.object({ outcome: z.enum(['sent', 'handed-over', 'failed']), message: z.string().optional() });

/** Where messages are posted. A path may be a secret: it is never shown again. */
const zEndpointUrl = z
  .url({ protocol: /^https?$/, error: 'the address of the receiver, such as https://hooks.example.org/sluice' })
  .max(2_000)
  .refine((text) => URL.canParse(text) && new URL(text).username === '' && new URL(text).password === '', 'an address without a user: receivers know us by the signature');

export const endpointDto = z.object({ name: z.string(), host: z.string(), changedAt: zTime });
export type EndpointDto = z.output<typeof endpointDto>;
export const endpointList = z.object({ items: z.array(endpointDto) });
/** `secret`: `whsec_` and from 24 to 64 bytes in base64, as Standard Webhooks has it; absent: one is made. */
export const newEndpoint = z.object({ name: zEndpointName, url: zEndpointUrl, secret: z.string().max(200).optional() });
/** Shown once. */
export const endpointSecret = z.object({ endpoint: endpointDto, secret: z.string() });
export const endpointParams = z.object({ endpoint: zEndpointName });

/** What the Slack bot is to post. `channel`: `#name` or an id. */
export const slackNotification = z.object({ id: z.number().int(), channel: z.string(), title: z.string(), notices: z.array(noticeDto), more: z.number().int() });
export type SlackNotificationDto = z.output<typeof slackNotification>;
export const slackNotificationList = z.object({ items: z.array(slackNotification) });
export const slackNotificationParams = z.object({ notification: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });
/** How it went: `temporary` is tried again, `permanent` is not. */
export const slackOutcome = z.object({ outcome: z.enum(['sent', 'temporary', 'permanent']), message: z.string().max(500).default(''), retryAfterSeconds: z.number().int().min(0).max(3_600).optional() });
