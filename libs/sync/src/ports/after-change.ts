import type { Result } from '@sluice/kernel';

/** A command of the installer's choice that follows a change of the target, for example to reload a service. */
export interface AfterChange {
  /** Runs it for a commit; the error is a message for people, bounded. */
  run(commit: string): Promise<Result<void, string>>;
}
