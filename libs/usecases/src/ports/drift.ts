import type { ClusterName } from '@sluice/kernel';
import type { DriftDiff } from '@sluice/sync-plan';

/** What differs in one of the places whose drift a report names. */
export interface PlaceDiff {
  readonly path: string;
  /** `Deployment.apps shop/web`, where the file has several objects. */
  readonly object?: string | undefined;
  readonly diff: DriftDiff;
}

/** What a report says beyond the places: kept apart from it, because every list of clusters reads reports. */
export interface DriftDiffs {
  readonly cluster: ClusterName;
  /** Of the report that it came with: those of an older one say nothing about a newer. */
  readonly sequence: number;
  readonly places: readonly PlaceDiff[];
}

export interface DriftStore {
  /** In place of those of the cluster's report before. */
  save(diffs: DriftDiffs): Promise<void>;
  of(clusters: readonly ClusterName[]): Promise<ReadonlyMap<ClusterName, DriftDiffs>>;
}
