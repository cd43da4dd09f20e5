import type { GitHttp } from '@sluice/forge-builtin';
import type { QueueBackend, Queues } from '@sluice/queue-bullmq';
import type { Closing } from '@sluice/runtime';
import type { Activity } from './activity.js';
import type { OpenedAuditKeys } from './audit-keys.js';
import type { AuditStore, BotNotes, Deliveries, HeadWitness, Identities, IdentityProvider, LifecyclePorts, MailSender, NotificationEndpoints, Notifications, RemoteForges, RepositoryHost, Sealer, Settings as ServerMemory, SlackLinks, WakeStore, WebhookSender } from '@sluice/usecases';

/** Everything that the server needs of the outside: the ports of the use cases, and what stands around them. */
export interface Ports extends LifecyclePorts {
  readonly activity: Activity;
  readonly memory: ServerMemory;
  readonly auditStore: AuditStore;
  readonly auditKeys: OpenedAuditKeys;
  /** Those outside of the database that know signed heads. */
  readonly witnesses: () => Promise<readonly HeadWitness[]>;
  readonly identities: Identities;
  readonly slackLinks: SlackLinks;
  readonly identityProvider?: IdentityProvider;
  readonly wakeStore: WakeStore;
  readonly botNotes: BotNotes;
  readonly deliveries: Deliveries;
  readonly notifications: Notifications;
  readonly notificationEndpoints: NotificationEndpoints;
  readonly webhooks: WebhookSender;
  /** Absent: there is no mail server. */
  readonly mail?: MailSender;
  readonly host: RepositoryHost;
  readonly remotes: RemoteForges;
  readonly sealer: Sealer;
  readonly git: GitHttp;
  readonly queueBackend: QueueBackend;
  readonly queues: Queues;
  /** Each rejects while the server cannot work. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  /** Done every ten minutes by one worker: expiry, vacuum. */
  readonly upkeep: Readonly<Record<string, () => Promise<void>>>;
  /** In the order in which they are to be closed. */
  readonly closings: readonly Closing[];
}
