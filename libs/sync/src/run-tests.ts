import { Conflict, InvalidInput, NotFound, messageOf } from '@sluice/kernel';
import type { ControlPlane } from './ports/control-plane.js';
import type { SourceRepository } from './ports/source-repository.js';
import type { RunInHand, TestDriver, TestJournal } from './ports/test-driver.js';
import type { Remembered } from './remembered.js';
import type { AllowedTest, TestOrder, TestOutcome } from './test-order.js';

export interface TestParts {
  readonly control: Pick<ControlPlane, 'takeTest' | 'testResult'>;
  readonly source: Pick<SourceRepository, 'files' | 'onFirstParent'>;
  readonly remembered: Remembered;
  readonly driver: TestDriver;
  readonly journal: TestJournal;
  /** This machine's own list: whatever the server says, nothing else is run. */
  readonly allowed: readonly AllowedTest[];
}

/**
 * Runs the tests that the server orders, one after the other. A run is taken first, so that nobody else has it, and written down before anything is started: an agent that is killed ends what is left of it
 * at its next start and says so. A result is owed until the server has taken it, or does not want it any more.
 */
export class RunTests {
  private readonly wanted = new Set<string>();
  private hand: RunInHand | undefined;
  private started = false;

  constructor(private readonly parts: TestParts) {}

  /** Takes a hint of the server. Also for a run in hand: that may be the one whose loss the server has just been told. */
  offer(run: string): void {
    this.wanted.add(run);
  }

  /** Works off what is wanted. @throws Unavailable; what was not done is done by the next call. */
  async work(signal: AbortSignal): Promise<void> {
    await this.resume();
    await this.settle();
    for (const run of this.wanted) {
      if (signal.aborted) return;
      const order = await this.take(run);
      this.wanted.delete(run);
      if (!order) continue;
      await this.keep({ run, take: order.take });
      await this.conclude(order, await this.perform(order, signal));
    }
  }

  /** What an earlier process of this agent has left. */
  private async resume(): Promise<void> {
    if (this.started) return;
    const hand = await this.parts.journal.readRun();
    if (hand && !hand.result) {
      await this.parts.driver.clear(hand.run);
      await this.keep({ ...hand, result: { ...nothing('lost', 'the agent ended while it ran'), take: hand.take } });
    } else this.hand = hand;
    this.started = true;
  }

  private async take(run: string): Promise<TestOrder | undefined> {
    try {
      return await this.parts.control.takeTest(run);
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
  }

  private async perform(order: TestOrder, signal: AbortSignal): Promise<TestOutcome> {
    if (!this.allows(order)) return nothing('refused', `this machine does not allow ${order.test.name}`);
    try {
      const files = await this.filesOf(order);
      return files ? await this.parts.driver.run({ order, files }, signal) : nothing('unprepared', `${order.commit.slice(0, 10)} is not what this agent runs`);
    } catch (error) {
      return nothing('unprepared', messageOf(error));
    }
  }

  private allows({ test }: TestOrder): boolean {
    return this.parts.allowed.some(({ name, command }) => name === test.name && JSON.stringify(command) === JSON.stringify(test.command));
  }

  /** Of a commit that this agent runs or has run, as it found it by itself on the branch; of no other, whatever the server names. */
  private async filesOf({ commit, paths }: TestOrder) {
    const { current } = await this.parts.remembered.get();
    if (current === undefined || (current !== commit && !(await this.parts.source.onFirstParent(current, commit)))) return undefined;
    const wanted = new Set(paths);
    return (await this.parts.source.files(commit)).filter(({ path }) => wanted.has(path));
  }

  private async conclude({ run, take }: TestOrder, outcome: TestOutcome): Promise<void> {
    await this.keep({ run, take, result: { ...outcome, take } });
    await this.settle();
  }

  /** Says the result that is owed. */
  private async settle(): Promise<void> {
    const { hand } = this;
    if (!hand?.result) return;
    try {
      await this.parts.control.testResult(hand.run, hand.result);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    await this.keep(undefined);
  }

  private async keep(hand: RunInHand | undefined): Promise<void> {
    await this.parts.journal.writeRun(hand);
    this.hand = hand;
  }
}

/** The server does not want it (any more), and will not later. */
function isRefusal(error: unknown): boolean {
  return error instanceof Conflict || error instanceof NotFound || error instanceof InvalidInput;
}

function nothing(outcome: 'refused' | 'unprepared' | 'lost', message: string): TestOutcome {
  return { outcome, durationMs: 0, message, output: '' };
}
