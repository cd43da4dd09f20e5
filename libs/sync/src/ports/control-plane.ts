import type { HealthExpressions } from '@sluice/health';
import type { ClusterName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { IgnoreRule } from '@sluice/sync-plan';
import type { TestOrder, TestResult } from '../test-order.js';
import type { StateReport } from '../state-report.js';

/** What an environment's agents shall run. The wire form is `assignment` of @sluice/contracts. */
export interface Assignment {
  /** Grows with every change of what is assigned. */
  readonly revision: number;
  readonly environment: EnvironmentName;
  readonly repository: RepositoryId;
  readonly branch: string;
  /** Nothing assigned yet: absent. */
  readonly commit?: CommitSha | undefined;
  /** The branch's head at enrolment: nothing older is applied. */
  readonly floor?: CommitSha | undefined;
  /** A person accepted this commit although it does not descend from what was applied. */
  readonly accepted?: CommitSha | undefined;
  readonly drift: 'revert' | 'report';
  /** Fields whose difference is no drift; absent: none, or the server is of a version that knows none. */
  readonly driftIgnore?: readonly IgnoreRule[] | undefined;
  /** When objects of kinds are well; absent: nothing but the common rules, or the server is of a version that has no others. */
  readonly healthRules?: readonly HealthExpressions[] | undefined;
}

/** What an agent keeps of its enrolment: with it and the key it needs nobody to start again. */
export interface Enrolment {
  readonly cluster: ClusterName;
  readonly environment: EnvironmentName;
  readonly repository: RepositoryId;
  readonly branch: string;
  readonly gitUrl: string;
  readonly floor?: CommitSha | undefined;
}

export interface Command {
  readonly id: string;
  readonly kind: 'resync' | 'report' | 'test';
  /** Of a test: the run to take. */
  readonly run?: string | undefined;
}

/** `sequence`: the newest report that the server holds. */
export interface ReportReceipt {
  readonly applied: boolean;
  readonly sequence: number;
  readonly digest: string;
}

export interface HeartbeatReply {
  /** The digests differ: send the whole state with a higher sequence than `sequence`. */
  readonly resync: boolean;
  readonly sequence: number;
  readonly assignmentRevision: number;
}

/** The server, seen from an agent. Every method throws Unavailable when it cannot be reached, and Unauthenticated or Forbidden when it does not want this agent. */
export interface ControlPlane {
  assignment(): Promise<Assignment>;
  commands(): Promise<readonly Command[]>;
  acknowledge(ids: readonly string[]): Promise<void>;
  report(report: StateReport): Promise<ReportReceipt>;
  heartbeat(beat: { readonly sequence: number; readonly digest: string }): Promise<HeartbeatReply>;
  /** From now on the run is this agent's. @throws Conflict, NotFound when it is not to be had (here). */
  takeTest(run: string): Promise<TestOrder>;
  /** @throws Conflict, NotFound when the run is not this agent's any more. */
  testResult(run: string, result: TestResult): Promise<void>;
}
