import type { Instant } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import type { Cluster } from '../ports/index.js';
import { isConnected } from './connected.js';

/** Why a cluster does not run what it should; undefined while nothing is wrong with it, or it was shut out. */
export function clusterTrouble(cluster: Cluster, now: Instant): Verdict | undefined {
  const { name, report, revoked } = cluster;
  if (revoked) return undefined;
  const common = { gate: name, type: 'cluster', evidence: { phase: report?.phase ?? 'enrolled', commit: report?.commit ?? null } };
  if (!isConnected(cluster, now)) {
    return { ...common, outcome: 'wait', message: 'its agent is not connected', clearedBy: `the agent of ${name}, when it connects again`, since: cluster.lastSeenAt ?? cluster.enrolledAt };
  }
  if (report?.phase === 'failed') {
    return { ...common, outcome: 'fail', message: failureOf(report), clearedBy: `a commit that repairs it, or a hand in ${name}`, since: report.receivedAt };
  }
  if (report?.phase === 'blocked') return { ...common, outcome: 'wait', message: report.message, clearedBy: `an operator of ${name}`, since: report.receivedAt };
  return undefined;
}

function failureOf({ message, resources }: NonNullable<Cluster['report']>): string {
  const [first] = resources;
  return first ? `${message}: ${first.path}: ${first.message}` : message;
}
