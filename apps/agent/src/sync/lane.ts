import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@sluice/runtime';
import { backoff, jittered } from './backoff.js';

export interface LaneOptions {
  readonly name: string;
  readonly log: Logger;
  /** Milliseconds between two runs when nothing wakes the lane. */
  readonly interval: () => number;
  /** Longest wait after a failure. Default: the interval. */
  readonly patience?: () => number;
  /** Over how many milliseconds waits after a failure are spread at least, the first too. Default: none. */
  readonly spread?: () => number;
  /** Milliseconds to rest after a run that took so long: what wakes the lane meanwhile is looked at together. Default: none. */
  readonly rest?: (took: number) => number;
  /** One run; `again`: it could not do everything. Never runs twice at a time. */
  readonly run: (signal: AbortSignal) => Promise<'settled' | 'again'>;
}

/** One kind of work of the agent, on its own: it runs when woken and every so often, and after a failure again with back-off. Other lanes do not wait for it. */
export class Lane {
  private readonly stopping = new AbortController();
  private failures = 0;
  private woken = false;
  private wait: { readonly end: () => void; readonly failed: boolean } | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: LaneOptions) {}

  start(): void {
    this.running ??= this.loop();
  }

  /** Runs soon. A lane that waits after a failure goes on waiting, unless it is `urgent`: there is news. */
  wake(urgent = true): void {
    this.woken = true;
    if (this.wait && (urgent || !this.wait.failed)) this.wait.end();
  }

  /** Lets the run under way know, and waits for its end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wait?.end();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.woken = false;
      const began = performance.now();
      const failed = (await this.attempt()) === 'again';
      this.failures = failed ? this.failures + 1 : 0;
      if (!failed) await this.rest(performance.now() - began);
      if (this.woken && !failed) continue;
      await this.sleep(failed);
    }
  }

  /** Nothing but the end shortens it. */
  private async rest(took: number): Promise<void> {
    const milliseconds = this.options.rest?.(took) ?? 0;
    if (milliseconds > 0) await pause(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async attempt(): Promise<'settled' | 'again'> {
    try {
      return await this.options.run(this.stopping.signal);
    } catch (error) {
      if (this.stopping.signal.aborted) return 'settled';
      // the first failure is news, the ones after it are not
      this.options.log[this.failures === 0 ? 'warn' : 'debug']({ err: error, lane: this.options.name, failures: this.failures + 1 }, 'a lane of the agent failed; it is tried again');
      return 'again';
    }
  }

  private sleep(failed: boolean): Promise<void> {
    const { interval, patience = interval, spread } = this.options;
    if (this.stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => end(), failed ? backoff(this.failures, { most: patience(), ...(spread && { least: spread() }) }) : jittered(interval()));
      const end = () => {
        clearTimeout(timer);
        this.wait = undefined;
        resolve();
      };
      this.wait = { end, failed };
    });
  }
}
