/** Exit codes of the agent; documented in docs/agent.md. A supervisor restarts on 1 and 4, a person acts on 2, 3 and 5. */
export const EXIT = {
  /** Ended as asked. */
  ok: 0,
  /** A fault of ours. */
  fault: 1,
  /** A setting is missing or wrong. */
  settings: 2,
  /** The join token is wrong, used or expired, or there is none. */
  enrolment: 3,
  /** Something that is needed at the start is not there: another agent holds the folder, or a file cannot be read. */
  unavailable: 4,
  /** The target is unfit: `/`, a home folder, a folder with foreign files. */
  target: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the process with a code of ours and a message that says what to do. */
export class Stop extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Stop';
  }
}
