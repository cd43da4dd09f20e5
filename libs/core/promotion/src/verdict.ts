import type { Instant } from '@sluice/kernel';

/** The answer of one gate (or of a rule that works like one), kept with its evidence. */
export interface Verdict {
  /** The gate's name; `approvals`, `branch` and the like are ours. */
  readonly gate: string;
  readonly type: string;
  readonly outcome: 'pass' | 'wait' | 'fail';
  /** One sentence: why it waits or failed, or what it saw. */
  readonly message: string;
  /** Who or what can clear it, and how; empty for a pass. */
  readonly clearedBy?: string;
  readonly since: Instant;
  /** When it can change by itself at the earliest: what waits may pass then, and an open window may close. */
  readonly until?: Instant;
  /** When something ends that it rests on, so that it has to be given anew: a right that somebody has for a time. */
  readonly restsUntil?: Instant;
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
}
