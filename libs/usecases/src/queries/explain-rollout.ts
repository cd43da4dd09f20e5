import type { Instant } from '@sluice/kernel';
import { changedMembersOf } from '@sluice/promotion';
import type { Promotion, Verdict } from '@sluice/promotion';
import type { Cluster, Liveness } from '../ports/index.js';
import { isConnected } from './connected.js';

interface RolloutFactsOfTarget {
  readonly clusters: readonly Cluster[];
  readonly liveness: readonly Liveness[];
  /** Clusters whose wave has not come yet. */
  readonly later?: readonly string[];
}

/** For a merged promotion: what each cluster of the target still lacks. */
export function rolloutVerdicts(promotion: Promotion, { clusters, liveness, later = [] }: RolloutFactsOfTarget, now: Instant): readonly Verdict[] {
  const since = promotion.mergedAt ?? promotion.updatedAt;
  if (clusters.length === 0) {
    return [{ gate: 'rollout', type: 'rollout', outcome: 'wait', message: `${promotion.target} has no cluster`, clearedBy: 'an agent that enrols for it: `sluice clusters token`', since, evidence: {} }];
  }
  const changed = changedMembersOf(promotion);
  return clusters.map((cluster) => {
    if (later.includes(cluster.name)) return laterVerdict(promotion, cluster, since);
    const entries = liveness.filter((entry) => entry.cluster === cluster.name && changed.includes(entry.application));
    // of several applications the one that is furthest behind tells
    return clusterVerdict(promotion, cluster, entries.find((entry) => !isThere(promotion, entry)) ?? entries[0], now);
  });
}

function laterVerdict({ target }: Promotion, { name }: Cluster, since: Instant): Verdict {
  return { gate: name, type: 'rollout', outcome: 'wait', message: 'its wave comes later', clearedBy: `the waves before it (\`sluice rollout ${target}\`)`, since, evidence: { cluster: name } };
}

function isThere({ mergedAs }: Promotion, { content, status }: Liveness): boolean {
  return content === mergedAs && status === 'Current';
}

function clusterVerdict(promotion: Promotion, cluster: Cluster, entry: Liveness | undefined, now: Instant): Verdict {
  const connected = isConnected(cluster, now);
  return {
    gate: cluster.name,
    type: 'rollout',
    since: promotion.mergedAt ?? promotion.updatedAt,
    evidence: { cluster: cluster.name, connected, phase: cluster.report?.phase ?? 'enrolled', health: entry?.status ?? 'Unknown', commit: cluster.report?.commit ?? null },
    ...judgeCluster(promotion, cluster, entry, connected),
  };
}

function judgeCluster(promotion: Promotion, cluster: Cluster, entry: Liveness | undefined, connected: boolean): Pick<Verdict, 'outcome' | 'message' | 'clearedBy'> {
  if (entry && isThere(promotion, entry)) return { outcome: 'pass', message: 'runs it, healthy' };
  if (!connected) return { outcome: 'wait', message: 'its agent is not connected', clearedBy: `the agent of ${cluster.name}, when it connects again` };
  const message = clusterMessage(cluster, entry);
  const failed = entry?.status === 'Failed' || cluster.report?.phase === 'failed';
  return failed ? { outcome: 'fail', message, clearedBy: `a commit that repairs it, or a hand in ${cluster.name}` } : { outcome: 'wait', message, clearedBy: `the agent of ${cluster.name}` };
}

function clusterMessage(cluster: Cluster, entry: Liveness | undefined): string {
  const report = cluster.report;
  if (!report) return 'its agent has not reported yet';
  if (report.phase !== 'synced') return `${report.phase}: ${report.message}`;
  return entry?.message ? `${entry.status}: ${entry.message}` : `runs ${report.commit?.slice(0, 10) ?? 'nothing'} so far`;
}
