import type { CommitSha } from '@sluice/kernel';

/** A test that this machine allows: the name and exactly this command. */
export interface AllowedTest {
  readonly name: string;
  readonly command: readonly string[];
}

/** A run of a test that is this agent's. The wire form is `testOrder` of @sluice/contracts. */
export interface TestOrder {
  readonly run: string;
  /** Counts who got it. */
  readonly take: number;
  readonly application: string;
  readonly environment: string;
  readonly commit: CommitSha;
  /** The application's files in that commit. */
  readonly paths: readonly string[];
  readonly test: AllowedTest & { readonly timeoutMs: number; readonly image?: string | undefined };
}

/** How a test has ended, or why it was not run. The wire form is `testResult` of @sluice/contracts. */
export interface TestOutcome {
  readonly outcome: 'exited' | 'timed-out' | 'not-started' | 'unprepared' | 'refused' | 'lost';
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly durationMs: number;
  readonly message: string;
  readonly output: string;
}

export interface TestResult extends TestOutcome {
  readonly take: number;
}
