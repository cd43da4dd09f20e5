import type { TestOrder, TestOutcome, TestResult } from '../test-order.js';
import type { DesiredFile } from './target.js';

/** What a driver runs: an order with the files that it names. */
export interface PreparedTest {
  readonly order: TestOrder;
  readonly files: readonly DesiredFile[];
}

/** Where tests are run. A driver behind it: a command on this machine, later a Job in a cluster. */
export interface TestDriver {
  /** Runs it to its end, its deadline or the signal (`lost`). Nothing of it runs when this returns. Never throws for what the test does. */
  run(test: PreparedTest, signal: AbortSignal): Promise<TestOutcome>;
  /** Ends and removes what is left of a run whose agent was killed. */
  clear(run: string): Promise<void>;
}

/** The run that an agent has, over restarts. `result`: it has ended, and the server has not taken that yet. */
export interface RunInHand {
  readonly run: string;
  readonly take: number;
  readonly result?: TestResult | undefined;
}

/** Where it is remembered; durable when a write returns. */
export interface TestJournal {
  readRun(): Promise<RunInHand | undefined>;
  writeRun(run: RunInHand | undefined): Promise<void>;
}
