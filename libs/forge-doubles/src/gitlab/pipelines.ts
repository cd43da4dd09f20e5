import type { CommitSha } from '@sluice/kernel';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredStatus } from '../base/records.js';

export interface Pipeline {
  readonly id: number;
  readonly ref: string;
  readonly status: string;
  /** `external`: only of statuses that others have written. */
  readonly source: string;
  readonly at: number;
}

export function refOf({ extra }: StoredStatus): string {
  return String(extra['ref'] ?? 'main');
}

/** The newest of each name in each pipeline, oldest first: a pipeline is what happened to a commit on one ref. */
export function latestStatuses(repository: DoubleRepository, commit: CommitSha): readonly StoredStatus[] {
  const latest = new Map<string, StoredStatus>();
  for (const status of [...repository.statusesOf(commit)].reverse()) latest.set(`${refOf(status)}\n${status.context}`, status);
  return [...latest.values()].sort((a, b) => a.id - b.id);
}

/** Newest first. */
export function pipelinesOf(repository: DoubleRepository, commit: CommitSha): readonly Pipeline[] {
  const statuses = latestStatuses(repository, commit);
  const pipelines = [...new Set(statuses.map(refOf))].map((ref) => {
    const jobs = statuses.filter((status) => refOf(status) === ref);
    const first = jobs[0];
    return { id: first?.id ?? 0, ref, status: whole(jobs), source: jobs.every(({ extra }) => extra['job'] !== true) ? 'external' : 'push', at: first?.at ?? 0 };
  });
  return pipelines.sort((a, b) => b.id - a.id);
}

function whole(jobs: readonly StoredStatus[]): string {
  if (jobs.some(({ state, extra }) => state === 'failed' && extra['allow_failure'] !== true)) return 'failed';
  if (jobs.some(({ state }) => ['pending', 'running', 'created'].includes(state))) return 'running';
  return jobs.some(({ state }) => state === 'canceled') ? 'canceled' : 'success';
}
