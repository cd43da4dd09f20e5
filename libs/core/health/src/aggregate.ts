import type { HealthStatus } from './health.js';

/** Of several objects together; one that is being deleted is still on its way. */
export type AggregateStatus = Exclude<HealthStatus, 'Terminating'>;

/** From what matters most to what matters least. */
const RANKED = ['Failed', 'Unknown', 'InProgress', 'Current'] as const satisfies readonly AggregateStatus[];

/** The status of several objects together: Failed before Unknown before InProgress before Current. None: Current. */
export function aggregate(statuses: Iterable<HealthStatus>): AggregateStatus {
  const seen = new Set<HealthStatus>(statuses);
  if (seen.has('Terminating')) seen.add('InProgress');
  return RANKED.find((status) => seen.has(status)) ?? 'Current';
}
