import type { Instant, PersonName, RepositoryId } from '@sluice/kernel';
import type { Freeze } from '@sluice/gates';

/** A freeze as it is kept: git cannot say it. */
export interface StoredFreeze extends Freeze {
  readonly id: string;
  readonly repository: RepositoryId;
}

export interface Freezes {
  add(freeze: StoredFreeze): Promise<void>;
  /** Those that nobody has lifted and that end after this time (or never by themselves), in the order in which they were made. */
  unlifted(repository: RepositoryId, endingAfter: Instant): Promise<readonly StoredFreeze[]>;
  /** Lifts what is not lifted yet; the first word counts. */
  lift(ids: readonly string[], lifted: { readonly by: PersonName; readonly at: Instant }): Promise<void>;
}
