import { messageOf } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { SyncOnce, SyncOutcome } from '@sluice/sync';
import { Lane } from './lane.js';

/** Without a stream the control plane is asked at least so often. */
const POLL_MS = 10_000;
/** Content is compared, not only sizes and times, at the start and so often. */
const DEEP_MS = 1_800_000;

/** While commits come faster than they are applied, one look takes several of them; who comes alone does not wait. */
const REST_TIMES = 4;
const LONGEST_REST_MS = 1_000;

function rest(took: number): number {
  return Math.min(took * REST_TIMES, LONGEST_REST_MS);
}

export interface SyncLaneOptions {
  readonly sync: SyncOnce;
  readonly log: Logger;
  /** Milliseconds between two sweeps. */
  readonly interval: number;
  readonly streaming: () => boolean;
  /** Called after every run, also one that failed. */
  readonly ended: (outcome: SyncOutcome['state']) => void;
}

/** When to look, and what to ask meanwhile. */
export class SyncLane {
  private readonly lane: Lane;
  private askNext = true;
  private deepAt = 0;
  private said = '';

  constructor(private readonly options: SyncLaneOptions) {
    const interval = () => (options.streaming() ? options.interval : Math.min(options.interval, POLL_MS));
    this.lane = new Lane({ name: 'sync', log: options.log, interval, rest, run: (signal) => this.run(signal) });
  }

  start(): void {
    this.lane.start();
  }

  stop(): Promise<void> {
    return this.lane.stop();
  }

  /** Looks soon. `ask`: at the control plane's answer, not only at what is known. */
  wake(ask: boolean): void {
    this.askNext ||= ask;
    this.lane.wake();
  }

  private async run(signal: AbortSignal): Promise<SyncOutcome['state']> {
    const ask = this.askNext || !this.options.streaming();
    this.askNext = false;
    const deep = Date.now() >= this.deepAt;
    const outcome = await this.look({ ask, deep, signal });
    if (deep) this.deepAt = Date.now() + DEEP_MS;
    this.askNext ||= outcome.unanswered !== undefined;
    this.tell(outcome);
    return outcome.state;
  }

  private async look(options: Parameters<SyncOnce['run']>[0]): Promise<SyncOutcome> {
    let state: SyncOutcome['state'] = 'again';
    try {
      const outcome = await this.options.sync.run(options);
      ({ state } = outcome);
      return outcome;
    } finally {
      this.options.ended(state);
    }
  }

  /** Says what changed since the last run, not every run. */
  private tell({ plan, unanswered }: SyncOutcome): void {
    const reason = 'reason' in plan ? plan.reason : undefined;
    const commit = 'commit' in plan ? plan.commit : undefined;
    const control = unanswered === undefined ? 'answers' : messageOf(unanswered);
    const said = [plan.kind, reason, commit, control].join('|');
    if (said === this.said) return;
    this.said = said;
    const level = plan.kind === 'blocked' || unanswered !== undefined ? 'warn' : 'info';
    this.options.log[level]({ plan: plan.kind, ...(reason && { reason }), ...(commit && { commit }), control }, 'looked at what is assigned');
  }
}
