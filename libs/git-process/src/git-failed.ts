/** What went wrong around a git process; only `exit` comes from git itself. */
export type GitFailureReason = 'exit' | 'deadline' | 'aborted' | 'output-limit' | 'spawn' | 'died' | 'argument' | 'version';

const KINDS = {
  exit: 'unavailable',
  deadline: 'unavailable',
  aborted: 'unavailable',
  'output-limit': 'too-large',
  spawn: 'unavailable',
  died: 'unavailable',
  argument: 'invalid',
  version: 'unsupported',
} as const satisfies Record<GitFailureReason, string>;

export interface GitFailure {
  readonly reason: GitFailureReason;
  /** The subcommand (`fetch`), never its arguments. */
  readonly command: string;
  readonly exitCode?: number;
  /** As {@link cleanStderr} returned it. */
  readonly stderr?: string;
  readonly cause?: unknown;
}

/**
 * A git process that could not do its work. It has the shape of the kernel's errors (`kind`, `details`) without depending on them; `message` holds no secret and is fit to be shown.
 */
export class GitFailed extends Error {
  readonly kind: (typeof KINDS)[GitFailureReason];
  readonly reason: GitFailureReason;
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(message: string, failure: GitFailure) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = 'GitFailed';
    this.kind = KINDS[failure.reason];
    this.reason = failure.reason;
    this.command = failure.command;
    this.exitCode = failure.exitCode;
    this.stderr = failure.stderr ?? '';
  }

  get details(): Readonly<Record<string, unknown>> {
    return { command: this.command, reason: this.reason, exitCode: this.exitCode };
  }
}

/** An argument that git must never see: thrown before anything is started. */
export function badArgument(command: string, message: string): GitFailed {
  return new GitFailed(message, { reason: 'argument', command });
}
