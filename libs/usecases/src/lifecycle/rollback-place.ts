import type { ApplicationName, CommitSha, PromotionId } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { Promotion } from '@sluice/promotion';
import type { Mirror, PathChange, Promotions } from '../ports/index.js';

/** Where something is rolled back, and what is looked at for it. */
export interface ChainPlace {
  readonly promotions: Pick<Promotions, 'get'>;
  readonly mirror: Mirror;
  readonly repository: Promotion['repository'];
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
  readonly onto: CommitSha;
}

/** One promotion that is undone: its merge, and the target right before it. */
export interface Undone {
  readonly promotion: Promotion;
  readonly merge: CommitSha;
  readonly before: CommitSha;
}

/** A file that a promotion has brought and a rollback of it cannot take back. */
export interface LeftBehind {
  readonly change: PathChange;
  readonly promotion: PromotionId;
  /** As part of what it was promoted. */
  readonly application: ApplicationName;
  /** Who has it now, without a record in the target yet; absent: nobody. */
  readonly now?: ApplicationName;
}

/** What of undone promotions belongs to others by now. */
export interface Passed {
  /** Newest promotion first. */
  readonly left: readonly LeftBehind[];
  /** Applications that have taken over something, with the promotions that brought it. */
  readonly heirs: ReadonlyMap<ApplicationName, ReadonlySet<PromotionId>>;
}
