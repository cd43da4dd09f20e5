import type { CommitSha } from '@sluice/kernel';
import type { SyncPlan } from './decide-sync.js';
import type { AgentCondition, DriftRecord, HealthStatus, ResourceStatus } from './state-report.js';

/** What there is to say after the current commit was enforced. */
export interface Enforcement {
  readonly current?: CommitSha;
  readonly settled?: CommitSha;
  readonly failed: readonly { readonly path: string; readonly message: string }[];
  readonly drift: readonly DriftRecord[];
  /** The apply did not run to its end. */
  readonly unfinished?: string;
  /** What the command that follows a change said when it failed. */
  readonly afterChange?: string;
  /** That command is still to run: it waits until every file could be applied. */
  readonly afterChangeWaits?: boolean;
}

/** Pure: the condition that an agent reports. An apply that did not run to its end is never called synced. */
export function describeCondition(plan: SyncPlan, enforcement: Enforcement): AgentCondition {
  const resources = notCurrent(enforcement);
  const reason = plan.kind === 'wait' || plan.kind === 'blocked' ? plan.reason : undefined;
  return {
    ...(enforcement.settled && { commit: enforcement.settled }),
    phase: phaseOf(plan, enforcement, resources),
    message: [reason, enforcement.unfinished, summary(enforcement)].filter(Boolean).join('; '),
    health: healthOf(enforcement, resources),
    resources,
    drift: enforcement.drift,
  };
}

function phaseOf(plan: SyncPlan, enforcement: Enforcement, resources: readonly ResourceStatus[]): AgentCondition['phase'] {
  if (plan.kind === 'blocked') return 'blocked';
  if (!enforcement.current || enforcement.unfinished) return 'syncing';
  const drifted = new Set(enforcement.drift.map((record) => record.path));
  return resources.some((resource) => !drifted.has(resource.path)) || enforcement.failed.length > 0 ? 'failed' : 'synced';
}

function healthOf(enforcement: Enforcement, resources: readonly ResourceStatus[]): HealthStatus {
  if (resources.length > 0) return 'Failed';
  if (!enforcement.current) return 'Unknown';
  return enforcement.unfinished ? 'InProgress' : 'Current';
}

function notCurrent(enforcement: Enforcement): readonly ResourceStatus[] {
  const failed = enforcement.failed.map(({ path, message }): ResourceStatus => ({ path, status: 'Failed', message }));
  const known = new Set(failed.map((resource) => resource.path));
  const drifted = enforcement.drift
    .filter((record) => !record.reverted && record.kind !== 'foreign' && !known.has(record.path))
    .map((record): ResourceStatus => ({ path: record.path, status: 'Failed', message: `${record.kind} by another hand, and only reported (drift: report)` }));
  return [...commandAfterChange(enforcement), ...failed, ...drifted];
}

function commandAfterChange({ afterChange, afterChangeWaits }: Enforcement): readonly ResourceStatus[] {
  if (afterChange !== undefined) return [{ path: 'after-change', status: 'Failed', message: afterChange }];
  return afterChangeWaits ? [{ path: 'after-change', status: 'InProgress', message: 'the command after the change waits until every file could be applied' }] : [];
}

function summary(enforcement: Enforcement): string {
  const { failed, afterChange } = enforcement;
  const paths = failed.length === 0 ? '' : `${failed.length} ${failed.length === 1 ? 'file' : 'files'} could not be applied`;
  return [paths, afterChange === undefined ? '' : 'the command after the change failed'].filter(Boolean).join('; ');
}
