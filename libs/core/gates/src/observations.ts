import type { ApplicationName, ClusterName, CommitSha, EnvironmentName, Instant, PersonName } from '@sluice/kernel';
import type { Author, Verdict } from '@sluice/promotion';
import type { BoundFinding } from './findings.js';
import type { Delegator, ForATime } from './standing.js';
import type { Freeze } from './freeze.js';
import type { ObservedTest } from './observed-test.js';
import type { ObservedRollout } from './rollout/say-rollout.js';

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
  /** Whether the person is approver of all that is promoted, now; absent: nobody asked. */
  readonly approver?: boolean;
  /** Who has delegated an approver's right to the person, now. */
  readonly delegators?: readonly Delegator[];
  /** The break-glass without which the person would be no approver. */
  readonly glass?: ForATime;
  readonly decision: 'approved' | 'rejected' | 'cleared' | 'overridden';
  readonly gate?: string;
  readonly comment: string;
  readonly at: Instant;
}

/** One of several sources that are all asked. */
export interface ObservedSource {
  readonly environment: EnvironmentName;
  /** The commit there that has the candidate's origin. */
  readonly commit: CommitSha;
  readonly clusters: readonly ObservedCluster[];
  /** What it has passed there before. */
  readonly passed: readonly Verdict[];
  /** What rolls out there with this application in it. */
  readonly sourceRollout?: ObservedRollout;
}

/** One of several applications that are promoted together, in the source environment. */
export interface ObservedMember {
  readonly application: ApplicationName;
  /** Its newest content there. */
  readonly commit: CommitSha;
  readonly clusters: readonly ObservedCluster[];
  readonly statuses: Pick<GateObservations, 'statuses' | 'statusesMessage'>;
  readonly tests?: GateObservations['tests'];
  /** What rolls out in the source with this application in it. */
  readonly sourceRollout?: ObservedRollout;
  /** Where all of several sources are asked: each of them, with what has passed there. */
  readonly sources?: readonly ObservedSource[];
}

/** An application that goes first, in the same target. */
export interface ObservedPredecessor {
  readonly application: ApplicationName;
  /** What it waits for, so that it reads after its name; absent: it has settled. */
  readonly waits?: string;
  /** It waits for what is judged here, through these: each is what goes together and comes after the next one, the last after the first. */
  readonly circle?: readonly (readonly ApplicationName[])[];
}

/** All that gates look at; gathered by an adapter, so that evaluating is a pure function of it and the time. */
export interface GateObservations {
  readonly sourceEnvironment: string;
  readonly sourceCommit: CommitSha;
  /** Undefined: the forge could not be asked; the message says why. */
  readonly statuses?: readonly ObservedStatus[];
  readonly statusesMessage?: string;
  readonly clusters: readonly ObservedCluster[];
  /** Where all of several sources are asked: each of them, the taken one too. */
  readonly sources?: readonly ObservedSource[];
  /** For each test gate what is known of its test: in the source, or in each where all of several are asked. Absent: not looked. */
  readonly tests?: Readonly<Record<string, readonly ObservedTest[]>>;
  /** Where several applications are promoted together: each of them. */
  readonly members?: readonly ObservedMember[];
  /** Where the application comes after others. */
  readonly after?: readonly ObservedPredecessor[];
  /** Decisions that bind to this candidate's digest; others are not in here. */
  readonly decisions: readonly ObservedDecision[];
  /** Who approved, cleared or overrode this candidate and was deactivated since: none of that is among the decisions. Absent: nobody. */
  readonly deactivated?: readonly PersonName[];
  readonly authors: readonly Author[];
  readonly requester?: PersonName;
  /** A rollback: who ordered it, if it was somebody; by policy otherwise. `machine`: a service account, whose order is nobody's word; nor is that of who was deactivated. */
  readonly rollback?: { readonly reason: string; readonly person?: PersonName; readonly groups: readonly string[]; readonly machine?: true; readonly deactivated?: true };
  /** Freezes of this lane that nobody has lifted; absent: none. */
  readonly freezes?: readonly Freeze[];
  /** What rolls out in the target; absent: nothing. */
  readonly rollout?: ObservedRollout;
  /** What rolls out in the source with this application in it: it is not live there yet. */
  readonly sourceRollout?: ObservedRollout;
  /** What the observers of content gates found, by the gate's name; a gate that is not in it has not been looked at. */
  readonly findings?: Readonly<Record<string, BoundFinding>>;
  /** Verdicts of the last evaluation of the same candidate: `since` and stickiness come from them. */
  readonly previous: readonly Verdict[];
}
