import type { ApplicationName, EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';

/** "Look at X again." The only thing that a job ever says. */
export type WakeTarget =
  /** Fetch, read the configuration, index new commits. */
  | { readonly kind: 'repository'; readonly repository: RepositoryId }
  /** Take one application's way into one environment as far as it goes. */
  | { readonly kind: 'lane'; readonly repository: RepositoryId; readonly application: ApplicationName; readonly target: EnvironmentName }
  /** Assign the environment's commit to its agents and settle what is live. */
  | { readonly kind: 'environment'; readonly repository: RepositoryId; readonly environment: EnvironmentName }
  /** Ask registries for newer tags of what the environment's manifests run. */
  | { readonly kind: 'images'; readonly repository: RepositoryId; readonly environment: EnvironmentName };

/** A stable key: `repository:shop`, `lane:shop:qa:checkout`, `environment:shop:qa`. */
export function wakeKey(target: WakeTarget): string {
  switch (target.kind) {
    case 'repository':
      return `repository:${target.repository}`;
    case 'lane':
      return `lane:${target.repository}:${target.target}:${target.application}`;
    case 'environment':
      return `environment:${target.repository}:${target.environment}`;
    case 'images':
      return `images:${target.repository}:${target.environment}`;
  }
}

export interface Wakes {
  /**
   * Raises each target's revision in the database and enqueues a job. Inside a transaction the revision is part of it and the job is enqueued after the commit; if the
   * process dies in between, the poller finds the revision.
   */
  wake(...targets: readonly WakeTarget[]): Promise<void>;
  /** Wakes a target at a time, also after FLUSHALL: the time is in the database. One timer an id; a later call moves it. */
  wakeAt(id: string, target: WakeTarget, at: Instant): Promise<void>;
}

/** The database's side of wakes and timers; the queue adapter and its poller use it. */
export interface WakeStore {
  /** @returns those that need a job: one that was raised a moment ago and is not settled has one already. */
  raise(targets: readonly WakeTarget[]): Promise<readonly WakeTarget[]>;
  /** The revision to work on now, or undefined when the last finished run has seen the newest. */
  pending(key: string): Promise<{ readonly target: WakeTarget; readonly revision: number } | undefined>;
  /** Notes a finished run. True when the revision has moved on since and the target must run again. */
  settle(key: string, revision: number): Promise<boolean>;
  setTimer(id: string, target: WakeTarget, at: Instant): Promise<void>;
  /** Raises every target whose timer is due and removes those timers, in one transaction. Database time. */
  fireDue(limit: number): Promise<readonly WakeTarget[]>;
  /** Milliseconds until the next timer is due (0 or less: one is), undefined without timers. Database time. Without this method timers are fired up to 2 s late. */
  nextDue?(): Promise<number | undefined>;
  /** Targets raised more than `olderThan` milliseconds ago that no run has settled. */
  overdue(olderThan: number, limit: number): Promise<readonly WakeTarget[]>;
}
