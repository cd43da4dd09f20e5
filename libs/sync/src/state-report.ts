import type { CommitSha } from '@sluice/kernel';
import type { DriftEntry, Place } from './ports/target.js';

export type HealthStatus = 'Current' | 'InProgress' | 'Failed' | 'Unknown';
export type SyncPhase = 'syncing' | 'synced' | 'failed' | 'blocked';

/** A place (or `after-change`) that is not as wanted. */
export interface ResourceStatus extends Place {
  readonly status: HealthStatus;
  readonly message: string;
}

/** `at`: when the agent saw it first, by its own clock, milliseconds. */
export interface DriftRecord extends DriftEntry {
  readonly reverted: boolean;
  readonly at: number;
}

/** What an agent has to say about its target; a new one replaces the one before. */
export interface AgentCondition {
  /** The newest commit whose apply ran to its end; absent before the first. */
  readonly commit?: CommitSha;
  readonly phase: SyncPhase;
  readonly message: string;
  readonly health: HealthStatus;
  readonly resources: readonly ResourceStatus[];
  readonly drift: readonly DriftRecord[];
}

/** The wire form: `agentReport` of @sluice/contracts. */
export interface StateReport extends AgentCondition {
  readonly sequence: number;
  readonly digest: string;
  readonly agentVersion: string;
}

/** Bounds of the wire form. */
export const REPORT_LIMITS = { resources: 200, drift: 200, message: 2_000, resourceMessage: 500, path: 4_096, object: 700, field: 500, value: 300, diffBytes: 384 * 1024 } as const;
