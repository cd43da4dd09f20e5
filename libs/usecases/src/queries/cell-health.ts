import type { CommitSha, Instant } from '@sluice/kernel';
import type { Cluster, HealthStatus, Liveness } from '../ports/index.js';

const SEVERITY: Readonly<Record<HealthStatus, number>> = { Failed: 3, Unknown: 2, InProgress: 1, Current: 0 };

/** How one application does over all clusters of an environment. */
export interface CellHealth {
  readonly health: HealthStatus;
  /** Since when it is healthy in every one of them. */
  readonly healthySince?: Instant;
}

/** The worst of the clusters; one that runs other content is still on its way, one that has said nothing is unknown. */
export function cellHealth(content: CommitSha | undefined, clusters: readonly Cluster[], liveness: readonly Liveness[]): CellHealth {
  if (content === undefined || clusters.length === 0) return { health: 'Unknown' };
  const states = clusters.map((cluster) => stateIn(content, liveness.find((entry) => entry.cluster === cluster.name)));
  const health = states.reduce<HealthStatus>((worst, { status }) => (SEVERITY[status] > SEVERITY[worst] ? status : worst), 'Current');
  const since = states.map(({ healthySince }) => healthySince);
  const healthy = since.every((at) => at !== undefined);
  return { health, ...(healthy && { healthySince: Math.max(...since) as Instant }) };
}

function stateIn(content: CommitSha, entry: Liveness | undefined): { readonly status: HealthStatus; readonly healthySince?: Instant } {
  if (!entry) return { status: 'Unknown' };
  if (entry.content !== content) return { status: entry.status === 'Failed' ? 'Failed' : 'InProgress' };
  return entry;
}
