import { versionSkew, type ClusterDto } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import type { ClusterReport, ClusterView } from '@sluice/usecases';
import { SERVER_VERSION } from '../../server-version.js';
import { time, timeField } from './time.js';

export function presentCluster({ cluster, connected, assigned, wave }: ClusterView): ClusterDto {
  return {
    name: cluster.name,
    repository: cluster.repository,
    environment: cluster.environment,
    connected,
    revoked: cluster.revoked,
    labels: { ...cluster.labels },
    ...(wave && { wave }),
    ...timeField('lastSeenAt', cluster.lastSeenAt),
    agentVersion: cluster.agentVersion,
    ...present({ skew: versionSkew(cluster.agentVersion, SERVER_VERSION) }),
    ...(assigned && { assigned }),
    ...(cluster.report ? presentReport(cluster.report) : UNREPORTED),
  };
}

const UNREPORTED = { phase: 'enrolled', health: 'Unknown', message: 'its agent has not reported yet', resources: [], drift: [] } satisfies Partial<ClusterDto>;

function presentReport(report: ClusterReport): Pick<ClusterDto, 'commit' | 'phase' | 'health' | 'message' | 'resources' | 'drift'> {
  return {
    ...(report.commit && { commit: report.commit }),
    phase: report.phase,
    health: report.health,
    message: report.message,
    resources: [...report.resources],
    drift: report.drift.map(({ at, ...entry }) => ({ ...entry, at: time(at) })),
  };
}
