import { messageOf } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { NotificationsRun, Signals } from '@sluice/usecases';

/** What nobody signalled is found within this time, and clusters that are lost. */
const LONGEST_PAUSE = 15_000;
/** How soon it is looked again whether whoever does it still does: it may have been killed, and then its lease ends within ten seconds. */
const ELSEWHERE_PAUSE = 5_000;
/** What happens at once is looked at together. */
const SHORTEST_PAUSE = 1_000;

interface Parts {
  readonly run: () => Promise<NotificationsRun>;
  readonly signals: Pick<Signals, 'subscribe'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looks for what people are to be told: when something has happened, when something is due, and now and then. Every worker process has one; a lease lets one of them work. */
export class Notifier {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private running = false;
  private busy = false;
  private again = false;
  private failing = false;
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly parts: Parts) {}

  start(): void {
    this.running = true;
    this.unsubscribe = this.parts.signals.subscribe('events', () => this.wake());
    this.schedule(0);
  }

  /** Resolves when the look that may be going on has ended. */
  async stop(): Promise<void> {
    this.running = false;
    this.unsubscribe?.();
    clearTimeout(this.timer);
    await this.looking;
  }

  private wake(): void {
    if (this.busy) this.again = true;
    else this.schedule(SHORTEST_PAUSE);
  }

  private schedule(pause: number): void {
    if (!this.running) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void (this.looking = this.look()), pause).unref();
  }

  private async look(): Promise<void> {
    this.busy = true;
    this.again = false;
    const pause = await this.run();
    this.busy = false;
    this.schedule(this.again ? SHORTEST_PAUSE : pause);
  }

  /** @returns how long nothing is to be done. */
  private async run(): Promise<number> {
    const { log, clock } = this.parts;
    try {
      const { elsewhere, unheard, lost, nextDue } = await this.parts.run();
      if (elsewhere) return ELSEWHERE_PAUSE;
      for (const failure of unheard) log.error({ failure }, 'something has failed and nobody is told of it: set SLUICE_NOTIFY_DEFAULT, or write a rule in sluice.yaml');
      if (lost) log.error({}, 'nobody looked at events for longer than they are kept: what happened meanwhile was told to nobody');
      if (this.failing) log.info({}, 'notifications are sent again');
      this.failing = false;
      return nextDue === undefined ? LONGEST_PAUSE : Math.min(Math.max(nextDue - clock(), SHORTEST_PAUSE), LONGEST_PAUSE);
    } catch (error) {
      if (!this.failing) log.warn({ reason: messageOf(error) }, 'notifications cannot be looked at; trying again');
      this.failing = true;
      return LONGEST_PAUSE;
    }
  }
}
