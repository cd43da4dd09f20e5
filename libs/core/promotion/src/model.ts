import type { ApplicationName, CommitSha, Digest, EnvironmentName, Instant, ObjectSha, PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { ComposeConflict, ComposeNote } from '@sluice/manifests';
import type { HeldNode } from './held-node.js';
import type { Verdict } from './verdict.js';

/** A lane is the way of one application into one environment. At most one promotion is open in it. */
export interface LaneId {
  readonly repository: RepositoryId;
  readonly application: ApplicationName;
  readonly target: EnvironmentName;
}

/**
 * `open`: requested, gates not all passed · `ready`: all gates passed, a person merges (`merge: manual`) · `merging`: told the forge to merge ·
 * `rolling-out`: merged, agents converge · `live`: healthy in every cluster of the target · `superseded`: a newer candidate took its request ·
 * `rejected`: closed by a person · `tampered`: merged, but not what was composed · `degraded`: merged, and what was healthy before has Failed with it · `rolled-back`: a later rollback undid it.
 */
export type PromotionState = 'open' | 'ready' | 'merging' | 'rolling-out' | 'live' | 'superseded' | 'rejected' | 'tampered' | 'degraded' | 'rolled-back';

/**
 * `record-only`: the target has the content already, only the ledger advances; needs no approval · `adopt`: no usable ledger, a two-way diff that waits for a
 * person's word.
 */
export type PromotionKind = 'change' | 'record-only' | 'adopt' | 'rollback';

/** What would be promoted, as a value: the same inputs give the same candidate in any worker. */
export interface Candidate {
  readonly kind: PromotionKind;
  /** Newest first-parent commit of the source branch that changed this application's content. */
  readonly source: CommitSha;
  /** The source commit of the last promotion; absent at an adoption. */
  readonly base?: CommitSha;
  /** The commit in the first environment that this content comes from. */
  readonly origin: CommitSha;
  readonly digest: Digest;
  /** The digest as it would be at attempt 0: equal fingerprint, equal content, whatever was closed or lifted in between. */
  readonly fingerprint: Digest;
  /** The deterministic commit that a request carries, and the target commit that it was made on. */
  readonly head: CommitSha;
  readonly onto: CommitSha;
  /** Content key (docs/glossary.md) of the application's paths in the target before and in the result. */
  readonly targetContent: ObjectSha;
  readonly resultContent: ObjectSha;
  /** Hash over everything that composing read; equal key, equal candidate. */
  readonly inputsKey: string;
  readonly notes: readonly ComposeNote[];
  /** Of a rollback: the promotions that it undoes, newest first. */
  readonly undoes?: readonly PromotionId[];
  /** Of a rollback: the pipeline ordered it, no person. */
  readonly automatic?: true;
  /** Paths written or deleted, for the request's body. */
  readonly changedPaths: readonly string[];
  /** Who resolved conflicts in it, where there were some. They count as authors. */
  readonly resolvers?: readonly Author[];
  /** Where it is about several applications at once: all of them, in the order of the pipeline file. Absent: it is about the lane's application alone. */
  readonly members?: readonly CandidateMember[];
  /** The release set that they are; absent: they go together because objects move between them. */
  readonly set?: string;
}

/** What a candidate that is about several applications is to one of them. */
export interface CandidateMember {
  readonly application: ApplicationName;
  readonly source: CommitSha;
  readonly base?: CommitSha;
  readonly origin: CommitSha;
  readonly targetContent: ObjectSha;
  readonly resultContent: ObjectSha;
}

export interface TimelineEntry {
  readonly at: Instant;
  readonly what: string;
  readonly by?: string;
  readonly detail?: string;
}

/** A person behind a change: a person of ours where the address or the pusher could be mapped, else only what git says. */
export interface Author {
  readonly name: string;
  readonly email: string;
  readonly person?: PersonName;
  /** An account that pushed, as the forge says, and that is nobody's yet; `email` is empty then. */
  readonly login?: string;
  /** Those behind the commits before this many: they were not read. */
  readonly beyond?: number;
}

export interface Promotion extends LaneId {
  readonly id: PromotionId;
  readonly from: EnvironmentName;
  readonly state: PromotionState;
  readonly attempt: number;
  readonly candidate: Candidate;
  /** The change request on the forge; absent until it is opened. */
  readonly change?: { readonly number: number; readonly url: string };
  readonly requester?: PersonName;
  readonly authors: readonly Author[];
  readonly verdicts: readonly Verdict[];
  /** A hash of the text last written to the forge (title, body, statuses), so that nothing is written twice. */
  readonly written?: string;
  readonly mergedAs?: CommitSha;
  readonly timeline: readonly TimelineEntry[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly mergedAt?: Instant;
  readonly liveAt?: Instant;
  /** Compare-and-swap counter of the stored row. */
  readonly version: number;
}

/** What is known of a lane when no promotion explains it. */
export interface LaneStatus extends LaneId {
  readonly condition: LaneCondition;
  readonly message: string;
  readonly candidate?: CommitSha;
  readonly conflicts: readonly ComposeConflict[];
  /** Grows on close, lift and rollback; part of the digest. */
  readonly attempt: number;
  /** Fingerprint of a candidate that a person closed; not offered again until the content changes or a person lifts it. */
  readonly closed?: Digest;
  /** The commit of a hold ({@link Hold.by}) that a person lifted. */
  readonly lifted?: CommitSha;
  /** Somebody wants it undone: the next candidate is a rollback, until it is merged, closed, or somebody promotes. */
  readonly rollback?: RollbackOrder;
  /** The application in whose lane the next candidate is composed for this one too: both are promoted together. Absent: it goes by itself. */
  readonly goesWith?: ApplicationName;
  /** Who asked for this lane by `promote`, for the next candidate. */
  readonly requester?: PersonName;
  /** The newest content of each source, in the order of `from`, and of the target when the lane was looked at; kept where other applications come after this one. */
  readonly seen?: readonly CommitSha[];
  /** Where all of several sources are asked: what has passed in one of them while the others have not got so far. */
  readonly passed?: readonly SourcePass[];
  readonly since: Instant;
  /** The draft request on which conflicts are to be resolved. */
  readonly draft?: ConflictDraft;
}

/** A composition with conflicts, on the lane's branch: what does not conflict, and the target's version of what does. */
export interface ConflictDraft {
  /** Absent until it is opened. */
  readonly change?: { readonly number: number; readonly url: string };
  /** The commit that Sluice put on the branch. */
  readonly head: CommitSha;
  readonly base?: CommitSha;
  readonly source: CommitSha;
  readonly onto: CommitSha;
  readonly inputsKey: string;
  /** Of a draft for several applications: what each was composed against. */
  readonly bases?: readonly { readonly application: ApplicationName; readonly base?: CommitSha }[];
  /** Whose resolutions it carries already. */
  readonly resolvers: readonly Author[];
  /** A person who closed it: it is not opened again until something changes, or somebody promotes. */
  readonly closedBy?: string;
}

/** A gate on the source environments that content has passed in one of them. */
export interface SourcePass {
  readonly environment: EnvironmentName;
  readonly commit: CommitSha;
  readonly verdict: Verdict;
}

/** Undo every promotion after this one. */
export interface RollbackOrder {
  /** The promotion whose state comes back. */
  readonly to: PromotionId;
  /** Absent: the environment's `onDegraded` asked for it, for this promotion. */
  readonly by?: PersonName;
  readonly reason: string;
  readonly at: Instant;
}

export type LaneCondition = 'in-sync' | 'promoting' | 'no-content' | 'waiting' | 'conflicted' | 'closed' | 'held' | 'adopt' | 'blocked';

/**
 * What promotions had brought was undone on the target by hand: the target's history put the ledger, or some of the content, back to an earlier promoted state. Derived from git alone. The application
 * waits until a later source commit changes one of the nodes, or a person lifts it.
 */
export interface Hold {
  /** The source commit whose values are held. */
  readonly source: CommitSha;
  /** Where the target was put back. */
  readonly nodes: readonly HeldNode[];
  /** The source commits whose values the target was put back to while its ledger stayed, newest first; empty where the ledger itself went back. */
  readonly bases: readonly CommitSha[];
  /** The pipeline undid it after a fault: no later source commit ends the hold, only a person. */
  readonly byPersonOnly?: true;
  /** The newest commit on the target that put something back, with its author and time. */
  readonly by: CommitSha;
  readonly undoneBy: string;
  readonly undoneAt: Instant;
}
