import type { CommitSha } from '@sluice/kernel';
import type { SyncPlan } from './decide-sync.js';
import { type ApplyFailure, type ObjectHealth, placeKey } from './ports/target.js';
import type { AgentCondition, DriftRecord, HealthStatus, ResourceStatus } from './state-report.js';

/** What there is to say after the current commit was enforced. */
export interface Enforcement {
  readonly current?: CommitSha;
  readonly settled?: CommitSha;
  readonly failed: readonly ApplyFailure[];
  readonly drift: readonly DriftRecord[];
  /** What is applied and not well. */
  readonly health?: readonly ObjectHealth[];
  /** The apply did not run to its end. */
  readonly unfinished?: string;
  /** What is there could not be looked at: nobody knows how it is. */
  readonly unreadable?: string;
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
    message: [reason, enforcement.unfinished, enforcement.unreadable, summary(enforcement)].filter(Boolean).join('; '),
    health: healthOf(enforcement, resources),
    resources,
    drift: enforcement.drift,
  };
}

function phaseOf(plan: SyncPlan, enforcement: Enforcement, resources: readonly ResourceStatus[]): AgentCondition['phase'] {
  if (plan.kind === 'blocked') return 'blocked';
  if (!enforcement.current || enforcement.unfinished) return 'syncing';
  if (isNotBegun(enforcement)) return 'syncing';
  // drift that is only reported, and what is not well although it is applied, are no failures of the sync
  const applied = new Set([...enforcement.drift, ...(enforcement.health ?? [])].map(placeKey));
  const waiting = new Set(enforcement.failed.filter(({ waits }) => waits).map(placeKey));
  if (enforcement.failed.length > waiting.size || resources.some((resource) => !applied.has(placeKey(resource)) && !waiting.has(placeKey(resource)))) return 'failed';
  if (waiting.size === 0) return 'synced';
  // what waits for something that is on its way has not failed; what waits for something that has failed will not come by itself
  return resources.some(({ status }) => status === 'Failed') ? 'failed' : 'syncing';
}

/** What was admitted, and could not be looked at before it was applied. */
function isNotBegun({ unreadable, settled, current }: Enforcement): boolean {
  return unreadable !== undefined && settled !== current;
}

const WORST_FIRST = ['Failed', 'Unknown', 'InProgress'] as const;

function healthOf(enforcement: Enforcement, resources: readonly ResourceStatus[]): HealthStatus {
  const worst = WORST_FIRST.find((status) => resources.some((resource) => resource.status === status));
  if (worst === 'Failed') return worst;
  if (!enforcement.current || enforcement.unreadable !== undefined) return 'Unknown';
  return worst ?? (enforcement.unfinished ? 'InProgress' : 'Current');
}

function notCurrent(enforcement: Enforcement): readonly ResourceStatus[] {
  const failed = enforcement.failed.map(({ waits, ...failure }): ResourceStatus => ({ ...failure, status: waits ? 'InProgress' : 'Failed' }));
  const known = new Set(failed.map(placeKey));
  const drifted = enforcement.drift
    .filter((record) => !record.reverted && record.kind !== 'foreign' && !known.has(placeKey(record)))
    .map((record): ResourceStatus => ({ path: record.path, ...(record.object !== undefined && { object: record.object }), status: 'Failed', message: `${record.kind} by another hand, and only reported (drift: report)` }));
  for (const place of drifted) known.add(placeKey(place));
  const unwell = (enforcement.health ?? []).filter((place) => !known.has(placeKey(place)));
  // lists of reports are bounded: what matters most comes first
  return [...commandAfterChange(enforcement), ...[...failed, ...drifted, ...unwell].sort((a, b) => rank(a) - rank(b))];
}

function rank({ status }: ResourceStatus): number {
  return WORST_FIRST.findIndex((one) => one === status);
}

function commandAfterChange({ afterChange, afterChangeWaits }: Enforcement): readonly ResourceStatus[] {
  if (afterChange !== undefined) return [{ path: 'after-change', status: 'Failed', message: afterChange }];
  return afterChangeWaits ? [{ path: 'after-change', status: 'InProgress', message: 'the command after the change waits until every file could be applied' }] : [];
}

function summary(enforcement: Enforcement): string {
  const { failed, afterChange } = enforcement;
  const [waiting, refused] = [failed.filter(({ waits }) => waits), failed.filter(({ waits }) => !waits)];
  const parts = [counted(refused, 'could not be applied', 'could not be applied'), counted(waiting, 'waits for others', 'wait for others'), afterChange === undefined ? '' : 'the command after the change failed'];
  return parts.filter(Boolean).join('; ');
}

function counted(failures: readonly ApplyFailure[], one: string, many: string): string {
  if (failures.length === 0) return '';
  const thing = failures.some(({ object }) => object !== undefined) ? 'object' : 'file';
  return failures.length === 1 ? `1 ${thing} ${one}` : `${failures.length} ${thing}s ${many}`;
}
