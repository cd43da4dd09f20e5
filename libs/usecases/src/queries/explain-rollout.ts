import type { Instant } from '@sluice/kernel';
import type { Promotion, Verdict } from '@sluice/promotion';
import type { Cluster, Liveness } from '../ports/index.js';
import { isConnected } from './connected.js';

/** For a merged promotion: what each cluster of the target still lacks. */
export function rolloutVerdicts(promotion: Promotion, clusters: readonly Cluster[], liveness: readonly Liveness[], now: Instant): readonly Verdict[] {
  const since = promotion.mergedAt ?? promotion.updatedAt;
  if (clusters.length === 0) {
    return [{ gate: 'rollout', type: 'rollout', outcome: 'wait', message: `${promotion.target} has no cluster`, clearedBy: 'an agent that enrols for it: `sluice clusters token`', since, evidence: {} }];
  }
  return clusters.map((cluster) => clusterVerdict(promotion, cluster, liveness.find((entry) => entry.cluster === cluster.name && entry.application === promotion.application), now));
}

function clusterVerdict(promotion: Promotion, cluster: Cluster, entry: Liveness | undefined, now: Instant): Verdict {
  const since = promotion.mergedAt ?? promotion.updatedAt;
  const evidence = { cluster: cluster.name, connected: isConnected(cluster, now), phase: cluster.report?.phase ?? 'enrolled', health: entry?.status ?? 'Unknown', commit: cluster.report?.commit ?? null };
  const shape = { gate: cluster.name, type: 'rollout', since, evidence };
  if (entry && entry.content === promotion.mergedAs && entry.status === 'Current') return { ...shape, outcome: 'pass', message: 'runs it, healthy' };
  if (!evidence.connected) return { ...shape, outcome: 'wait', message: 'its agent is not connected', clearedBy: `the agent of ${cluster.name}, when it connects again` };
  const failed = entry?.status === 'Failed' || cluster.report?.phase === 'failed';
  return { ...shape, outcome: failed ? 'fail' : 'wait', message: clusterMessage(cluster, entry), clearedBy: failed ? `a commit that repairs it, or a hand in ${cluster.name}` : `the agent of ${cluster.name}` };
}

function clusterMessage(cluster: Cluster, entry: Liveness | undefined): string {
  const report = cluster.report;
  if (!report) return 'its agent has not reported yet';
  if (report.phase !== 'synced') return `${report.phase}: ${report.message}`;
  return entry?.message ? `${entry.status}: ${entry.message}` : `runs ${report.commit?.slice(0, 10) ?? 'nothing'} so far`;
}
