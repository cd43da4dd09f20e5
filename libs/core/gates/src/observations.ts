import type { ClusterName, CommitSha, Instant, PersonName } from '@sluice/kernel';
import type { Author, Verdict } from '@sluice/promotion';
import type { BoundFinding } from './findings.js';

/** A commit status or check run on the source commit, newest of its context. */
export interface ObservedStatus {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  readonly description: string;
  readonly url?: string;
  readonly at: Instant;
}

/** The application in one cluster of the source environment. */
export interface ObservedCluster {
  readonly cluster: ClusterName;
  /** The content head that the cluster runs; absent before its first report. */
  readonly content?: CommitSha;
  readonly status: 'Current' | 'InProgress' | 'Failed' | 'Unknown';
  /** The server's time since when this content (and what it `uses`) is healthy. */
  readonly healthySince?: Instant;
  readonly message: string;
}

export interface ObservedDecision {
  readonly person: PersonName;
  readonly groups: readonly string[];
  readonly decision: 'approved' | 'rejected' | 'cleared';
  readonly gate?: string;
  readonly comment: string;
  readonly at: Instant;
}

/** All that gates look at; gathered by an adapter, so that evaluating is a pure function of it and the time. */
export interface GateObservations {
  readonly sourceEnvironment: string;
  readonly sourceCommit: CommitSha;
  /** Undefined: the forge could not be asked; the message says why. */
  readonly statuses?: readonly ObservedStatus[];
  readonly statusesMessage?: string;
  readonly clusters: readonly ObservedCluster[];
  /** Decisions that bind to this candidate's digest; others are not in here. */
  readonly decisions: readonly ObservedDecision[];
  readonly authors: readonly Author[];
  readonly requester?: PersonName;
  /** What the observers of content gates found, by the gate's name; a gate that is not in it has not been looked at. */
  readonly findings?: Readonly<Record<string, BoundFinding>>;
  /** Verdicts of the last evaluation of the same candidate: `since` and stickiness come from them. */
  readonly previous: readonly Verdict[];
}
