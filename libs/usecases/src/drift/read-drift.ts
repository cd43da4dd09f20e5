import { NotFound, present } from '@sluice/kernel';
import type { ClusterName, CommitSha, EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';
import type { DriftDiff } from '@sluice/sync-plan';
import type { Cluster, ClusterReport, Clusters, DriftDiffs, DriftStore, Repositories } from '../ports/index.js';
import { missingName } from '../queries/read-why.js';

/** A place that is, or was, not as what was applied to it. */
export type DriftPlace = ClusterReport['drift'][number] & { readonly diff?: DriftDiff };

export interface ClusterDrift {
  readonly cluster: ClusterName;
  readonly environment: EnvironmentName;
  /** What its environment does about it. */
  readonly mode: 'revert' | 'report';
  /** What it runs, and what the places are compared with. */
  readonly commit?: CommitSha;
  /** Absent: its agent has not reported yet. */
  readonly reportedAt?: Instant;
  readonly places: readonly DriftPlace[];
}

interface Ports {
  readonly repositories: Repositories;
  readonly clusters: Clusters;
  readonly drift: DriftStore;
}

interface Asked {
  readonly repository: RepositoryId;
  readonly environment?: EnvironmentName;
  readonly cluster?: ClusterName;
}

/** What differs in the clusters of a repository from what was applied there. */
export class ReadDrift {
  constructor(private readonly ports: Ports) {}

  /** Every cluster that was asked for, also one without drift. @throws NotFound when the repository, environment or cluster that was asked for does not exist. */
  async run({ repository, environment, cluster: name }: Asked): Promise<readonly ClusterDrift[]> {
    if (!(await this.ports.repositories.get(repository))) throw new NotFound(`there is no repository ${repository}`);
    const record = await this.ports.repositories.pipeline(repository);
    const missing = missingName(record, { ...present({ environment }) });
    if (missing !== undefined) throw new NotFound(missing);
    const all = await this.ports.clusters.list({ repository, ...present({ environment }) });
    const clusters = all.filter((cluster) => !cluster.revoked && (name === undefined || cluster.name === name));
    if (name !== undefined && clusters.length === 0) throw new NotFound(`there is no cluster ${name} in ${environment ?? repository}`);
    const diffs = await this.ports.drift.of(clusters.map((cluster) => cluster.name));
    return clusters.map((cluster) => ({
      cluster: cluster.name,
      environment: cluster.environment,
      mode: record?.pipeline?.environments.find((one) => one.name === cluster.environment)?.drift ?? 'report',
      ...present({ commit: cluster.report?.commit, reportedAt: cluster.report?.receivedAt }),
      places: placesOf(cluster, diffs.get(cluster.name)),
    }));
  }
}

/** The places of a cluster's report with what differs in them, where that is known. */
export function placesOf({ report }: Cluster, diffs: DriftDiffs | undefined): readonly DriftPlace[] {
  const known = new Map(diffs?.sequence === report?.sequence ? diffs?.places.map((place) => [placeName(place), place.diff]) : []);
  return (report?.drift ?? []).map((entry) => ({ ...entry, ...present({ diff: known.get(placeName(entry)) }) }));
}

/** One text for a place: `apps/web.yaml`, or `apps/web.yaml#Deployment.apps shop/web`. */
export function placeName({ path, object }: { readonly path: string; readonly object?: string | undefined }): string {
  return object === undefined ? path : `${path}#${object}`;
}
