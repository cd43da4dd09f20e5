import type { Approvals, BotNotes, Clusters, DriftStore, EnvironmentIndex, EventLog, ForgeStore, Freezes, Leases, Outbox, People, Promotions, Repositories, Rollouts, Settings, TestRuns, Transactions, WakeStore } from '@sluice/usecases';

/** The store's ports, as an adapter offers them. */
export interface ContractStore {
  readonly transactions: Transactions;
  readonly leases: Leases;
  readonly repositories: Repositories;
  readonly environments: EnvironmentIndex;
  readonly promotions: Promotions;
  readonly approvals: Approvals;
  readonly freezes: Freezes;
  readonly testRuns: TestRuns;
  readonly rollouts: Rollouts;
  readonly outbox: Outbox;
  readonly events: EventLog;
  readonly people: People;
  readonly settings: Settings;
  readonly clusters: Clusters;
  readonly drift: DriftStore;
  readonly forges: ForgeStore;
  readonly botNotes: BotNotes;
  readonly wakes: WakeStore;
}

/** An empty store; `close` leaves nothing behind. */
export interface OpenedStore {
  readonly store: ContractStore;
  close(): Promise<void>;
}
