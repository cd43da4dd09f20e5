import { setTimeout as sleep } from 'node:timers/promises';

/** Lets one through at a time, each no earlier than `every` milliseconds after the one before. */
export class Pacer {
  private free = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly every: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves when it is this caller's turn. @throws AbortError when the bot ends. */
  turn(): Promise<void> {
    const next = this.last.then(async () => {
      const wait = this.free - Date.now();
      if (wait > 0) await sleep(wait, undefined, { signal: this.signal });
      this.signal.throwIfAborted();
      this.free = Date.now() + this.every;
    });
    this.last = next.catch(() => undefined);
    return next;
  }
}
