import type { Instant } from '@sluice/kernel';
import type { Cluster } from '../ports/index.js';

/** Something that an agent is asked to do. */
export interface ClusterCommand {
  readonly id: string;
  readonly kind: 'report' | 'resync' | 'test';
  /** Of a test: the run to take. */
  readonly run?: string;
  readonly at: Instant;
}

/**
 * What is asked of an agent now about its state, derived from what the server lacks (tests to run: `TestOrders`): as long as it holds no report of this enrolment, it asks for one. It ends by itself when the report is here, so a
 * command cannot be lost or be done for ever; the id is the same until then.
 */
export function pendingCommands(cluster: Cluster): readonly ClusterCommand[] {
  if (cluster.report) return [];
  return [{ id: `report-${cluster.enrolledAt}`, kind: 'report', at: cluster.enrolledAt }];
}
