import type { ApplicationName, EnvironmentName, Instant, PromotionId } from '@sluice/kernel';

/** What the record says of one promotion that brought a change (`change`, `adopt`) and was merged. Rollbacks and records that only advance a ledger are none. */
export interface DeliveryFact {
  readonly promotion: PromotionId;
  readonly environment: EnvironmentName;
  /** Those whose content it changed. */
  readonly applications: readonly ApplicationName[];
  readonly mergedAt: Instant;
  /** Healthy in every cluster. */
  readonly liveAt?: Instant;
  /** What was healthy before has Failed with it, before it was live. */
  readonly degradedAt?: Instant;
  /** A rollback undid it, or its merge was taken off the branch by force. */
  readonly undoneAt?: Instant;
  /** It is undone, whether or not the record says since when. */
  readonly isUndone: boolean;
  /** The rollback that undid it: when it was composed, and when it was live. */
  readonly undoneBy?: { readonly promotion: PromotionId; readonly createdAt: Instant; readonly liveAt?: Instant };
  /** Sluice saw that somebody had put its content back by hand. */
  readonly revertedAt?: Instant;
  /** A later promotion was merged while an application of it had Failed. */
  readonly mendedAt?: Instant;
  /** A newer promotion of the same lane became live at the same moment: it is that one's content that is live. */
  readonly wentWithNewer: boolean;
  /** Made again from git and the forge by `rebuild`: when it was live, and whether it had failed, is not known. */
  readonly isRestored: boolean;
  /** Committer times of what it was the first to bring, for each application; `unknown`: git does not say any more what that was. */
  readonly changes: readonly { readonly application: ApplicationName; readonly committedAt: readonly Instant[] | 'unknown' }[];
}

/** A commit on an environment's branch that changed content and came by no promotion. */
export interface DirectFact {
  readonly environment: EnvironmentName;
  readonly applications: readonly ApplicationName[];
  readonly at: Instant;
}
