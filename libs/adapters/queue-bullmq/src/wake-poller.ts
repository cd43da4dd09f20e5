import { wakeKey, type WakeStore, type WakeTarget } from '@sluice/usecases';
import type { Queues } from './create-queues.js';
import type { QueueLog } from './queue-log.js';

export interface WakePollerOptions {
  readonly store: WakeStore;
  readonly queues: Pick<Queues, 'enqueue' | 'enqueueMaintenance'>;
  readonly log: QueueLog;
  /** Milliseconds between two looks while there is something to do, and while there is nothing. Default: 1 000 and 2 000. */
  readonly interval?: number;
  readonly idleInterval?: number;
  /** A raised target that no run has settled for so many milliseconds has lost its job. Default: 10 000. */
  readonly overdueAfter?: number;
  /** Milliseconds until the same target is enqueued again. Default: 30 000. */
  readonly againAfter?: number;
  /** Milliseconds between two maintenance jobs, of all pollers together. Default: 10 minutes. */
  readonly maintenanceEvery?: number;
}

const LIMIT = 200;
const LONGEST_PAUSE = 10_000;
const SHORTEST_PAUSE = 10;

type Settings = Required<WakePollerOptions>;

/** Fires the database's timers and finds targets whose job was lost (FLUSHALL, an outage, a crash between commit and enqueue). Every worker process runs one. */
export class WakePoller {
  readonly #settings: Settings;
  readonly #enqueued = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #running = false;
  #failures = 0;
  #maintenanceAt = 0;
  // The first look finds all that a process before this one has left, however fresh.
  #overdueAfter = 0;

  constructor(options: WakePollerOptions) {
    this.#settings = { interval: 1_000, idleInterval: 2_000, overdueAfter: 10_000, againAfter: 30_000, maintenanceEvery: 600_000, ...options };
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule(0);
  }

  /** Resolves when the look that may be going on has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #schedule(pause: number): void {
    if (!this.#running) return;
    const look = (): void => {
      this.#looking = this.#look().then((next) => this.#schedule(next));
    };
    this.#timer = setTimeout(look, pause).unref();
  }

  /** @returns the milliseconds until the next look. */
  async #look(): Promise<number> {
    try {
      const found = await this.#enqueueDue();
      await this.#maintain();
      if (this.#failures > 0) this.#settings.log.info({}, 'timers and lost jobs are found again');
      this.#failures = 0;
      return await this.#pause(found);
    } catch (error) {
      if (this.#failures++ === 0) this.#settings.log.warn({ err: error }, 'timers and lost jobs could not be looked for; trying again');
      return jittered(Math.min(this.#settings.interval * 2 ** this.#failures, LONGEST_PAUSE));
    }
  }

  async #enqueueDue(): Promise<number> {
    const { store, queues } = this.#settings;
    const fired = await store.fireDue(LIMIT);
    const lost = (await store.overdue(this.#overdueAfter, LIMIT)).filter((target) => this.#isNew(target));
    const targets = [...fired, ...lost];
    if (targets.length > 0) await queues.enqueue(targets);
    this.#remember(lost);
    if (lost.length < LIMIT) this.#overdueAfter = this.#settings.overdueAfter;
    return targets.length;
  }

  #isNew(target: WakeTarget): boolean {
    return (this.#enqueued.get(wakeKey(target)) ?? -Infinity) + this.#settings.againAfter <= Date.now();
  }

  #remember(targets: readonly WakeTarget[]): void {
    const now = Date.now();
    for (const [key, at] of this.#enqueued) if (at + this.#settings.againAfter <= now) this.#enqueued.delete(key);
    for (const target of targets) this.#enqueued.set(wakeKey(target), now);
  }

  async #maintain(): Promise<void> {
    const now = Date.now();
    if (now < this.#maintenanceAt) return;
    await this.#settings.queues.enqueueMaintenance(this.#settings.maintenanceEvery);
    this.#maintenanceAt = now + this.#settings.maintenanceEvery;
  }

  async #pause(found: number): Promise<number> {
    const { interval, idleInterval, store } = this.#settings;
    if (found >= LIMIT) return SHORTEST_PAUSE;
    const pause = jittered(found > 0 ? interval : idleInterval);
    const due = await store.nextDue?.();
    return due === undefined ? pause : Math.max(SHORTEST_PAUSE, Math.min(pause, due));
  }
}

// So that many workers that started together do not ask together.
function jittered(milliseconds: number): number {
  return milliseconds * (0.9 + Math.random() * 0.2);
}
