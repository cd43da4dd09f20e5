import type { Approvals, AuditStore, BotNotes, Clusters, Deliveries, DriftStore, EnvironmentIndex, EventLog, ForgeStore, Freezes, Identities, Leases, NotificationEndpoints, Notifications, Outbox, OwnAccountStore, People, Promotions, Repositories, RightsStore, Rollouts, Settings, SlackLinks, TestRuns, Transactions, WakeStore } from '@sluice/usecases';

/** The store's ports, as an adapter offers them. */
export interface ContractStore {
  readonly transactions: Transactions;
  readonly leases: Leases;
  readonly repositories: Repositories;
  readonly environments: EnvironmentIndex;
  readonly promotions: Promotions;
  readonly deliveries: Deliveries;
  readonly approvals: Approvals;
  readonly freezes: Freezes;
  readonly testRuns: TestRuns;
  readonly rights: RightsStore;
  readonly rollouts: Rollouts;
  readonly outbox: Outbox;
  readonly events: EventLog;
  readonly people: People;
  readonly identities: Identities;
  readonly slackLinks: SlackLinks;
  readonly settings: Settings;
  readonly clusters: Clusters;
  readonly drift: DriftStore;
  readonly forges: ForgeStore;
  readonly ownAccounts: OwnAccountStore;
  readonly botNotes: BotNotes;
  readonly notifications: Notifications;
  readonly notificationEndpoints: NotificationEndpoints;
  readonly wakes: WakeStore;
  readonly auditStore: AuditStore;
}

/** An empty store; `close` leaves nothing behind. */
export interface OpenedStore {
  readonly store: ContractStore;
  close(): Promise<void>;
}
