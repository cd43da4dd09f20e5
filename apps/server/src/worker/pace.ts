import { setTimeout as pause } from 'node:timers/promises';

const LONGEST = 500;
const KEPT = 1_000;

/**
 * Lets the same work be done again only after as long a rest as it took, at most half a second: when much happens at once it is looked at together, and when little happens nobody waits.
 */
export class Pace {
  private readonly rests = new Map<string, number>();

  constructor(
    private readonly clock: () => number = () => performance.now(),
    private readonly wait: (milliseconds: number) => Promise<unknown> = pause,
  ) {}

  /** @throws what the work throws */
  async run(key: string, work: () => Promise<void>): Promise<void> {
    const rest = (this.rests.get(key) ?? 0) - this.clock();
    if (rest > 0) await this.wait(rest);
    const began = this.clock();
    try {
      await work();
    } finally {
      this.note(key, this.clock() - began);
    }
  }

  private note(key: string, took: number): void {
    this.rests.delete(key);
    this.rests.set(key, this.clock() + Math.min(took, LONGEST));
    const [oldest] = this.rests.keys();
    if (this.rests.size > KEPT && oldest !== undefined) this.rests.delete(oldest);
  }
}
