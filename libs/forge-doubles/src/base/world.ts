import type { Accounts } from './accounts.js';
import type { CallLog } from './call-log.js';
import type { Deliveries } from './deliveries.js';
import type { DoubleRepository } from './double-repository.js';
import type { Faults } from './faults.js';
import type { Skin } from './skin.js';

/** What a double is made of, for its skin and for what serves it. */
export interface World {
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly log: CallLog;
  readonly deliveries: Deliveries;
  readonly skin: Skin;
  /** Without a slash at the end. */
  readonly url: string;
  /** The folder of all repositories. */
  readonly root: string;
  readonly deliverFirst: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** A number that nothing else has. */
  nextId(): number;
  /** Forges do not tell upper from lower case in paths. */
  repository(path: string): DoubleRepository | undefined;
  /** Where a repository is that was renamed or transferred. */
  movedTo(path: string): string | undefined;
}
