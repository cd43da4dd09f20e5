import type { Instant } from '@sluice/kernel';
import type { LaneId, LaneStatus, Promotion, RollbackOrder } from '@sluice/promotion';
import type { DomainEvent } from '../ports/index.js';
import type { KeyedEffect } from './effects.js';

/** What to store, in one transaction, and what to do afterwards. */
export interface LanePlan {
  readonly status: LaneStatus;
  /** Stored in place of the current one; same id. */
  readonly update?: Promotion;
  /** Earlier ones that the same concerns. */
  readonly alsoUpdated?: readonly Promotion[];
  readonly insert?: Promotion;
  readonly effects: readonly KeyedEffect[];
  readonly events: readonly DomainEvent[];
  /** A rollback of several applications goes on in the lane of another one of them. */
  readonly handOver?: { readonly lane: LaneId; readonly order: RollbackOrder };
  readonly lookAgainAt?: Instant;
}
