import type { Cluster, ClusterReport } from '@sluice/usecases';
import { decode } from './documents/decode.js';
import { zReportDocument } from './documents/fleet-document.js';
import type { clusters } from './schema/fleet.js';

type Row = typeof clusters.$inferSelect;

export function toCluster(row: Row): Cluster {
  const { name, repository, environment, publicKey, agentVersion, enrolledAt, lastSeenAt, revoked, floor, accepted, labels } = row;
  const report = toReport(row);
  return {
    name,
    repository,
    environment,
    publicKey,
    agentVersion,
    enrolledAt,
    revoked,
    labels,
    ...(lastSeenAt !== null && { lastSeenAt }),
    ...(floor !== null && { floor }),
    ...(accepted !== null && { accepted }),
    ...(report && { report }),
  };
}

function toReport({ report, reportedAt }: Row): ClusterReport | undefined {
  if (report === null || reportedAt === null) return undefined;
  return { ...decode(zReportDocument, report, 'report'), receivedAt: reportedAt };
}
