import type { ApplicationName, ClusterName, CommitSha, Digest, EnvironmentName, Instant, PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Diagnostic, Pipeline } from '@sluice/pipeline';
import type { ForgeKind, RemotePlace } from './forge-connection.js';
import type { Hold, LaneId, LaneStatus, Promotion, PromotionState, TargetOnly } from '@sluice/promotion';

/** Runs work in one database transaction. Store calls made inside (however deep) belong to it. Git, HTTP and queue calls inside throw. */
export interface Transactions {
  /** `lease`: the commit is refused with Conflict when the lease was lost meanwhile (fencing token compared in the transaction). */
  run<T>(work: () => Promise<T>, options?: { readonly lease?: Lease }): Promise<T>;
}

export interface Lease {
  readonly key: string;
  readonly holder: string;
  /** Grows with every new holder. */
  readonly fence: number;
}

export interface Leases {
  /** Undefined while somebody else holds it. `ttl` in milliseconds, database time. Take again before it ends to renew. */
  acquire(key: string, holder: string, ttl: number): Promise<Lease | undefined>;
  renew(lease: Lease, ttl: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
}

export interface Repository {
  readonly id: RepositoryId;
  readonly forge: ForgeKind;
  /** Where it is, when not in the built-in forge. */
  readonly remote?: RemotePlace;
  /** The branch that `sluice.yaml` is read from. */
  readonly configBranch: string;
  readonly createdAt: Instant;
}

/** The pipeline last read. `pipeline` stays the last good one while `diagnostics` has errors of a newer commit. */
export interface PipelineRecord {
  readonly repository: RepositoryId;
  readonly commit?: CommitSha;
  readonly pipeline?: Pipeline;
  readonly diagnostics: readonly Diagnostic[];
  readonly checkedCommit?: CommitSha;
}

export interface Repositories {
  add(repository: Repository): Promise<void>;
  /** Changes where a repository is and which branch its pipeline file is on. @throws NotFound */
  update(repository: Repository): Promise<void>;
  /** Forgets it and its pipeline; what happened in it stays. */
  remove(id: RepositoryId): Promise<void>;
  list(): Promise<readonly Repository[]>;
  get(id: RepositoryId): Promise<Repository | undefined>;
  pipeline(id: RepositoryId): Promise<PipelineRecord | undefined>;
  savePipeline(record: PipelineRecord): Promise<void>;
}

/** One first-parent commit of an environment's branch. Positions count up from 1 along the branch. */
export interface EnvironmentCommit {
  readonly commit: CommitSha;
  readonly position: number;
  readonly subject: string;
  readonly author: string;
  readonly committedAt: Instant;
  /** Applications whose content this commit changed, and those of which it changed only `uses`. */
  readonly content: readonly ApplicationName[];
  readonly uses: readonly ApplicationName[];
  readonly origin: 'promotion' | 'direct';
}

/** A commit as it is indexed. */
export interface IndexedCommit extends EnvironmentCommit {
  /** Ledgers that it wrote or removed, once for each application. `from` absent: there is none any more, or it does not say what is there. */
  readonly ledgers?: readonly { readonly application: ApplicationName; readonly from?: ContentSource }[];
}

/** Where an environment's content comes from, as its ledger says. */
export interface ContentSource {
  /** The commit in the first environment; as it was known when the ledger was written. */
  readonly origin: CommitSha;
  /** The commit in the environment that it was promoted from. */
  readonly source: CommitSha;
}

/** The newest commit on an environment's branch that changed an application's content. */
export interface ContentHead {
  readonly application: ApplicationName;
  readonly commit: CommitSha;
  readonly position: number;
  /** Newest position at which content or `uses` changed: health is counted from there. */
  readonly touched: number;
  readonly committedAt: Instant;
  /** First line of its message. */
  readonly subject?: string;
  /** By the newest ledger. Absent when none was written with the content or after it: somebody put it there by hand. */
  readonly from?: ContentSource;
}

/** Content that an environment has or had: by promotion, or, in the environment that others' origins are counted in, by anything. */
export interface OriginatedContent {
  /** The newest commit that changed the content when it was as the ledger says. */
  readonly commit: CommitSha;
  readonly origin: CommitSha;
  /** Position of the origin on the branch of the environment that origins are counted in; absent: it is not there. */
  readonly order?: number;
}

export interface EnvironmentState {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly branch: string;
  readonly head?: CommitSha;
  readonly position: number;
  /** What the agents are told to run. */
  readonly assigned?: CommitSha;
  readonly assignedRevision: number;
  /** Applications whose last merge is not what was composed, with that merge commit. */
  readonly tampered: Readonly<Record<string, CommitSha>>;
  /** Applications whose ledger was put back by hand. */
  readonly held: Readonly<Record<string, Hold>>;
  /** Under `directPush: hold`: commits that no promotion is known to have made and nobody has accepted, oldest first. */
  readonly unreviewed?: readonly DirectCommit[];
  /** By application: what people have changed there and nobody has promoted. */
  readonly targetOnly?: Readonly<Record<string, TargetOnly>>;
  /** Why the head is not assigned, when it is not. */
  readonly message?: string;
  /** Hash of the path rules that the index was made with; another one: index again. */
  readonly rules: string;
}

/** A commit on an environment's branch that has to come by promotion, or be accepted by a person, before it is assigned. */
export interface DirectCommit {
  readonly commit: CommitSha;
  readonly parent?: CommitSha;
  readonly author: string;
  readonly subject: string;
  readonly at: Instant;
  /** Those whose content or `uses` it changed. */
  readonly applications: readonly ApplicationName[];
  /** The promotion that its ledger names. Anybody can write one: it counts when that promotion was merged as this commit. */
  readonly promotion?: PromotionId;
  /** A hash of what it changed: a commit that changes exactly that back has reverted it. */
  readonly changed: string;
}

export interface EnvironmentIndex {
  state(repository: RepositoryId, environment: EnvironmentName): Promise<EnvironmentState | undefined>;
  states(repository: RepositoryId): Promise<readonly EnvironmentState[]>;
  save(state: EnvironmentState): Promise<void>;
  /** Appends commits (oldest first); `from` given: forgets every position at or above it first (force push, new rules). */
  append(repository: RepositoryId, environment: EnvironmentName, commits: readonly IndexedCommit[], from?: number): Promise<void>;
  /** Of those that are on the branch. */
  positions(repository: RepositoryId, environment: EnvironmentName, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, number>>;
  position(repository: RepositoryId, environment: EnvironmentName, commit: CommitSha): Promise<number | undefined>;
  /** Content of every application as of a position (absent: the head), by name. */
  contents(repository: RepositoryId, environment: EnvironmentName, at?: number): Promise<readonly ContentHead[]>;
  /** Content of one application at the head. */
  content(repository: RepositoryId, environment: EnvironmentName, application: ApplicationName): Promise<ContentHead | undefined>;
  /** What one application's content in an environment has been, newest first; `origins` is the first environment that origins are counted in, and may be the environment itself. */
  history(at: { readonly repository: RepositoryId; readonly environment: EnvironmentName; readonly application: ApplicationName }, origins: EnvironmentName, limit: number): Promise<readonly OriginatedContent[]>;
  commits(repository: RepositoryId, environment: EnvironmentName, options: { readonly before?: number; readonly limit: number }): Promise<readonly EnvironmentCommit[]>;
}

export interface PromotionFilter {
  readonly repository?: RepositoryId;
  readonly application?: ApplicationName;
  readonly target?: EnvironmentName;
  readonly states?: readonly PromotionState[];
  readonly cursor?: string;
  readonly limit: number;
}
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** `source`: what is promoted, or one of several applications in it, has this commit of its source · `change`: its request has this number, or is being opened, so that nobody may know its number yet. */
export type LaneSubject = { readonly source: CommitSha } | { readonly change: number };

export interface Promotions {
  get(repository: RepositoryId, id: PromotionId): Promise<Promotion | undefined>;
  /** The one promotion of a lane in state open, ready or merging. */
  current(lane: LaneId): Promise<Promotion | undefined>;
  /** Newest first. */
  list(filter: PromotionFilter): Promise<Page<Promotion>>;
  insert(promotion: Promotion): Promise<void>;
  /** Stores when the row still has `promotion.version`, which then grows by one. @throws Conflict otherwise. */
  update(promotion: Promotion): Promise<Promotion>;
  lane(lane: LaneId): Promise<LaneStatus | undefined>;
  lanes(repository: RepositoryId): Promise<readonly LaneStatus[]>;
  /** Lanes whose open promotion or draft is about something; without reading what else they are. */
  lanesAbout(repository: RepositoryId, about: LaneSubject): Promise<readonly LaneId[]>;
  /** What a lane is now; nobody else changes it before the transaction around this ends. Whoever writes what was read by {@link lane} may undo what somebody said in between. */
  lockLane(lane: LaneId): Promise<LaneStatus | undefined>;
  saveLane(status: LaneStatus): Promise<void>;
}

export interface Approval {
  readonly repository: RepositoryId;
  readonly promotion: PromotionId;
  readonly digest: Digest;
  readonly person: PersonName;
  readonly decision: 'approved' | 'rejected' | 'cleared' | 'overridden';
  /** For `cleared` the manual gate, for `overridden` any gate. */
  readonly gate?: string;
  readonly comment: string;
  readonly door: 'api' | 'dashboard' | 'cli' | 'forge' | 'slack';
  readonly at: Instant;
}
export interface Approvals {
  /** Idempotent by (repository, digest, person, decision, gate). */
  add(approval: Approval): Promise<void>;
  of(repository: RepositoryId, digest: Digest): Promise<readonly Approval[]>;
  /** Forgets that somebody has approved a digest; what else they decided about it stays. */
  withdraw(repository: RepositoryId, digest: Digest, person: PersonName): Promise<void>;
  /** Whatever digests of these promotions they bind to, oldest first. */
  ofPromotions(repository: RepositoryId, promotions: readonly PromotionId[]): Promise<readonly Approval[]>;
}

/** An effect on the outside, stored with the state that wants it. */
export interface OutboxEntry {
  readonly id: number;
  /** Effects of one key run in order; by convention the lane's wake key. */
  readonly key: string;
  /** Doing it twice with the same idempotency key has the effect of doing it once. */
  readonly idempotencyKey: string;
  readonly effect: unknown;
  readonly attempts: number;
  /** What the last attempt failed for. */
  readonly lastError?: string;
}
export interface Outbox {
  add(key: string, effects: readonly { readonly idempotencyKey: string; readonly effect: unknown }[]): Promise<void>;
  /** Not yet done, in order. */
  pending(key: string, limit: number): Promise<readonly OutboxEntry[]>;
  done(id: number): Promise<void>;
  failed(id: number, message: string): Promise<void>;
}

/** Something that happened, for the event stream, the timeline and notifications. */
export interface DomainEvent {
  readonly type: string;
  readonly repository?: RepositoryId;
  readonly environment?: EnvironmentName;
  readonly application?: ApplicationName;
  readonly promotion?: PromotionId;
  readonly cluster?: ClusterName;
  readonly message: string;
  readonly by?: string;
}
export interface StoredEvent extends DomainEvent {
  /** Opaque, ordered; valid as `Last-Event-ID`. */
  readonly cursor: string;
  readonly at: Instant;
}
export interface EventLog {
  append(...events: readonly DomainEvent[]): Promise<void>;
  /** Below the oldest running transaction only. `reset`: the cursor is too old or unknown, start from the newest state. */
  after(cursor: string | undefined, limit: number): Promise<{ readonly events: readonly StoredEvent[]; readonly reset: boolean; readonly cursor: string }>;
}

/** Key and value of what the server must remember about itself (its signing secret, an example's state, …). */
export interface Settings {
  get(key: string): Promise<string | undefined>;
  /** Stores and returns the value, or returns the one that was there first. */
  init(key: string, value: string): Promise<string>;
  /** Stores the value, whatever was there. */
  put(key: string, value: string): Promise<void>;
}
