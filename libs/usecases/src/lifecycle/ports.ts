import type { Clock } from '@sluice/kernel';
import type { Approvals, AuditLog, ChangeRequests, Clusters, CommitSignatures, CommitStatuses, DriftStore, EnvironmentIndex, EventLog, ForgeStore, Freezes, GateQuestions, ImageRegistry, ImageTags, Leases, ManifestRenderer, Mirrors, Outbox, OwnAccountStore, People, Promotions, PushLog, Repositories, Reviews, RightsStore, Rollouts, Settings, Signals, TestRuns, Transactions, UntrustedReader, Wakes } from '../ports/index.js';

/** What moving promotions needs of the outside. The composition root fills it in once; each use case names the part that it takes. */
export interface LifecyclePorts {
  readonly clock: Clock;
  readonly transactions: Transactions;
  readonly leases: Leases;
  readonly repositories: Repositories;
  readonly environments: EnvironmentIndex;
  readonly promotions: Promotions;
  readonly approvals: Approvals;
  readonly freezes: Freezes;
  readonly testRuns: TestRuns;
  readonly rights: RightsStore;
  readonly rollouts: Rollouts;
  readonly outbox: Outbox;
  readonly events: EventLog;
  readonly audit: AuditLog;
  readonly people: People;
  readonly clusters: Clusters;
  readonly drift: DriftStore;
  readonly forges: ForgeStore;
  readonly ownAccounts: OwnAccountStore;
  readonly wakes: Wakes;
  readonly signals: Signals;
  readonly mirrors: Mirrors;
  readonly reader: UntrustedReader;
  readonly renderer: ManifestRenderer;
  readonly changes: ChangeRequests;
  readonly reviews: Reviews;
  readonly statuses: CommitStatuses;
  readonly pushes: PushLog;
  readonly signatures: CommitSignatures;
  readonly questions: GateQuestions;
  readonly images: ImageRegistry;
  readonly imageTags: ImageTags;
  /** What the server remembers about itself. */
  readonly memory: Settings;
  readonly settings: LifecycleSettings;
}

export interface LifecycleSettings {
  /** Where people reach the dashboard; links in requests start with it. */
  readonly publicUrl: string;
  /** Names this process in leases. */
  readonly worker: string;
}

/** Author and committer of every commit that Sluice makes. The address cannot receive mail (RFC 2606). */
export const SLUICE_IDENTITY = { name: 'Sluice', email: 'sluice@sluice.invalid' } as const;
