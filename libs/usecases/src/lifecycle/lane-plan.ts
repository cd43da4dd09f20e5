import type { Instant } from '@sluice/kernel';
import type { LaneStatus, Promotion } from '@sluice/promotion';
import type { DomainEvent } from '../ports/index.js';
import type { KeyedEffect } from './effects.js';

/** What to store, in one transaction, and what to do afterwards. */
export interface LanePlan {
  readonly status: LaneStatus;
  /** Stored in place of the current one; same id. */
  readonly update?: Promotion;
  readonly insert?: Promotion;
  readonly effects: readonly KeyedEffect[];
  readonly events: readonly DomainEvent[];
  readonly lookAgainAt?: Instant;
}
