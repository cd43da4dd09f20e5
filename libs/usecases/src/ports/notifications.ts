import type { Message } from '@sluice/notify';
import type { Instant } from '@sluice/kernel';

/**
 * `held`: until it is told together with others. `waiting`: to be sent. `gathered`: told in a digest, which is another one. `sent`, `failed`: the end. `unheard`: a failure of which nobody could be told, because
 * nobody is named.
 */
export type NotificationState = 'held' | 'waiting' | 'gathered' | 'sent' | 'failed' | 'unheard';

export type TargetKind = 'slack' | 'mail' | 'webhook';

/** Something that somebody is to be told. */
export interface Notification {
  readonly id: number;
  /** One row a key: what is heard twice is told once. */
  readonly key: string;
  /** `slack:#releases`; empty of what is unheard. */
  readonly target: string;
  readonly state: NotificationState;
  readonly message: Message;
  readonly createdAt: Instant;
  /** When it is to be told, or tried again. */
  readonly dueAt: Instant;
  readonly attempts: number;
  readonly lastError?: string;
  /** When it was told or given up. */
  readonly endedAt?: Instant;
}

export type NewNotification = Pick<Notification, 'key' | 'target' | 'state' | 'message' | 'createdAt' | 'dueAt'>;

export interface NotificationFilter {
  readonly states?: readonly NotificationState[];
  readonly target?: string;
  /** Older ones than this. */
  readonly before?: number;
  readonly limit: number;
}

/** How a try ended. */
export interface Settled {
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly attempts: number;
  readonly dueAt: Instant;
  readonly lastError?: string;
  readonly endedAt?: Instant;
}

/** What people are to be told, until they were. */
export interface Notifications {
  /** Those whose keys are not there yet. @returns the keys that were new. */
  add(added: readonly NewNotification[]): Promise<readonly string[]>;
  get(id: number): Promise<Notification | undefined>;
  /** In `held` or `waiting` and due, in the order in which they came; of some kinds of target only. */
  due(state: 'held' | 'waiting', now: Instant, options: { readonly kinds?: readonly TargetKind[]; readonly limit: number }): Promise<readonly Notification[]>;
  /** These are told in another one. */
  gather(ids: readonly number[], now: Instant): Promise<void>;
  settle(id: number, outcome: Settled): Promise<void>;
  /** Those that have waited for a target since before then have failed, untried. @returns how many. */
  giveUp(target: string, createdBefore: Instant, outcome: { readonly lastError: string; readonly endedAt: Instant }): Promise<number>;
  /** Nothing of a target is tried before then. */
  postpone(target: string, until: Instant): Promise<void>;
  /** How many came for a target since then that are told one by one. */
  recent(target: string, since: Instant): Promise<number>;
  /** Newest first. */
  list(filter: NotificationFilter): Promise<readonly Notification[]>;
  counts(): Promise<readonly { readonly kind: TargetKind | 'none'; readonly state: NotificationState; readonly count: number }[]>;
  /** When the next one is due that is not only waiting to be fetched for Slack; undefined: none is. */
  nextDue(): Promise<Instant | undefined>;
}

/** A webhook that the server has: its address and secrets are sealed. */
export interface NotificationEndpoint {
  readonly name: string;
  /** The host of its address, to be shown: the path may be a secret. */
  readonly host: string;
  readonly sealed: string;
  readonly changedAt: Instant;
}

export interface NotificationEndpoints {
  list(): Promise<readonly NotificationEndpoint[]>;
  get(name: string): Promise<NotificationEndpoint | undefined>;
  save(endpoint: NotificationEndpoint): Promise<void>;
  remove(name: string): Promise<void>;
}

/** How a message is brought to one kind of target. */
export type Delivered =
  | { readonly kind: 'sent' }
  /** It may work another time. */
  | { readonly kind: 'temporary'; readonly message: string; readonly notBefore?: Instant }
  /** It will not, however often it is tried. */
  | { readonly kind: 'permanent'; readonly message: string };

/** What a webhook is reached by. */
export interface WebhookAccess {
  readonly url: string;
  /** Keys that a message is signed with, the newest first. Base64, as Standard Webhooks has them behind `whsec_`. */
  readonly secrets: readonly string[];
}

/** Sends messages to webhooks. Never throws for what the other side does. No secret is in what it says. */
export interface WebhookSender {
  send(access: WebhookAccess, message: Message, at: Instant): Promise<Delivered>;
}

/** Sends messages by mail. The same. */
export interface MailSender {
  send(address: string, message: Message): Promise<Delivered>;
}
