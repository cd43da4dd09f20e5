import { SluiceError } from '@sluice/kernel';
import type { ErrorKind } from '@sluice/kernel';

/** What the command line's exit codes mean; `sluice --help` and docs/cli.md show the same table. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  invalid: 2,
  notAllowed: 3,
  notFound: 4,
  conflict: 5,
  unreachable: 6,
  overdue: 7,
  notLive: 8,
  tampered: 9,
  interrupted: 130,
} as const;

export const EXIT_CODE_HELP = `
Exit codes:
  0  done (also: there was nothing to do)
  1  an unexpected failure
  2  wrong usage or invalid input (findings of validate)
  3  not signed in, or not allowed
  4  there is no such thing
  5  it has changed meanwhile, or is in the way: look again
  6  the server cannot be reached
  7  promote --wait: it is not live within --timeout; it goes on without us
  8  promote --wait: it ended otherwise, such as rejected, degraded or rolled back
  9  audit verify: something is wrong in the audit
  130  interrupted: Ctrl-C, or no to a question`;

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: EXIT_CODES.invalid,
  'too-large': EXIT_CODES.invalid,
  unsupported: EXIT_CODES.invalid,
  unauthenticated: EXIT_CODES.notAllowed,
  forbidden: EXIT_CODES.notAllowed,
  'not-found': EXIT_CODES.notFound,
  conflict: EXIT_CODES.conflict,
  unavailable: EXIT_CODES.unreachable,
  'rate-limited': EXIT_CODES.unreachable,
  internal: EXIT_CODES.failed,
};

/** The user said no, or Ctrl-C, before it was done. */
export class Interrupted extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'Interrupted';
  }
}

/** What was waited for did not come. */
export class WaitedInVain extends Error {
  constructor(
    message: string,
    /** Whether it can come no more, or the time was over. */
    readonly ended: 'overdue' | 'not-live',
  ) {
    super(message);
    this.name = 'WaitedInVain';
  }
}

/** What was verified is not as it was written. */
export class Tampered extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Tampered';
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof WaitedInVain) return error.ended === 'overdue' ? EXIT_CODES.overdue : EXIT_CODES.notLive;
  if (error instanceof Tampered) return EXIT_CODES.tampered;
  if (error instanceof Interrupted) return EXIT_CODES.interrupted;
  return error instanceof SluiceError ? BY_KIND[error.kind] : EXIT_CODES.failed;
}
