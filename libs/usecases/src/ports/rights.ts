import type { ApplicationName, EnvironmentName, Instant, PersonName, RepositoryId } from '@sluice/kernel';
import type { Principal, Role } from '@sluice/pipeline';

/** A role that the server's settings give, besides those of pipeline files. */
export interface ServerBinding {
  readonly id: string;
  readonly role: Role;
  readonly who: Principal;
  /** A name, a beginning with `*` after it, or `*`. */
  readonly repositories: string;
  /** A name, or `*`. */
  readonly application: string;
  readonly environment: string;
  readonly reason: string;
  readonly by: PersonName;
  readonly at: Instant;
}

/**
 * What somebody may do for a time only. `delegation`: `person` may approve as `giver` might. `break-glass`: `person`, whom the environment's emergency policy names, has an approver's role in it.
 */
export interface TemporaryRight {
  readonly id: string;
  readonly kind: 'delegation' | 'break-glass';
  readonly repository: RepositoryId;
  /** Absent: all. */
  readonly environment?: EnvironmentName;
  readonly application?: ApplicationName;
  readonly giver?: PersonName;
  readonly person: PersonName;
  readonly reason: string;
  readonly at: Instant;
  readonly until: Instant;
  readonly endedAt?: Instant;
  readonly endedBy?: PersonName;
}

/** Rights that git does not say. */
export interface RightsStore {
  /** In the order in which they were made. */
  bindings(): Promise<readonly ServerBinding[]>;
  bind(binding: ServerBinding): Promise<void>;
  unbind(id: string): Promise<void>;
  /** Those of a repository whose time ends after this, ended early or not, in the order in which they were given. */
  temporary(repository: RepositoryId, endingAfter: Instant): Promise<readonly TemporaryRight[]>;
  give(right: TemporaryRight): Promise<void>;
  /** Ends it early; the first word counts. */
  end(id: string, ended: { readonly by: PersonName; readonly at: Instant }): Promise<void>;
  /** Ends early all that somebody has got or given, in every repository. @returns those that were in force until then. */
  endAllOf(person: PersonName, ended: { readonly by: PersonName; readonly at: Instant }): Promise<readonly TemporaryRight[]>;
}
