import type { Instant } from '@sluice/kernel';
import type { Cluster } from '../ports/index.js';

/** A cluster counts as connected while its last sign of life is younger than this, in milliseconds: three missed heartbeats. */
export const CONNECTED_WITHIN = 45_000;

export function isConnected(cluster: Pick<Cluster, 'revoked' | 'lastSeenAt'>, now: Instant): boolean {
  return !cluster.revoked && cluster.lastSeenAt !== undefined && now - cluster.lastSeenAt < CONNECTED_WITHIN;
}
