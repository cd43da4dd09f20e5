import type { ApplicationName, EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';
import type { DeliveryFact, DirectFact, Period } from '@sluice/metrics';

/** Facts of one repository of which the outcome was first known in a period. */
export interface DeliveryFilter {
  readonly repository: RepositoryId;
  readonly period: Period;
  readonly environment?: EnvironmentName;
  readonly application?: ApplicationName;
  /** From which first environment the content of each environment can come: the commits there are the changes. */
  readonly origins: readonly { readonly environment: EnvironmentName; readonly first: EnvironmentName }[];
  readonly limit: number;
}

/** What the record says about deliveries. Reads only; what is in it is written with promotions and the index of environments. */
export interface Deliveries {
  /** In any order, at most `limit`. */
  facts(filter: DeliveryFilter): Promise<readonly DeliveryFact[]>;
  /** Commits that came by no promotion, by their committer time, at most `limit`. */
  direct(filter: Omit<DeliveryFilter, 'origins'>): Promise<readonly DirectFact[]>;
  /** When a promotion was last made again from git and the forge: about what was before something is missing. */
  restoredAt(repository: RepositoryId): Promise<Instant | undefined>;
}
