import { Busy, instant, type Clock, type Instant } from '@sluice/kernel';
import type { ForgeMemory } from '@sluice/usecases';

/** Until when a forge wants no calls with a credential: known in this process, and to the others through the memory. */
export class QuietTime {
  private until: Instant | undefined;
  private writing = 0;

  constructor(
    private readonly memory: ForgeMemory,
    private readonly key: string,
    private readonly clock: Clock,
  ) {}

  /** @throws Busy while it lasts */
  async check(host: string): Promise<void> {
    const remembered = await this.memory.get(this.key);
    // another secret was stored since: what the forge wanted of the one before is forgotten
    if (remembered === undefined && this.writing === 0) this.until = undefined;
    this.checkKnown(host);
    const until = Number(remembered ?? 0);
    if (until > this.clock()) throw busy(host, instant(until));
  }

  /** Like {@link check}, by what this process knows. @throws Busy */
  checkKnown(host: string): void {
    if (this.until !== undefined && this.until > this.clock()) throw busy(host, this.until);
  }

  /** Keeps the longer one of what is known here and what is new. */
  async begin(until: Instant): Promise<void> {
    if (this.until !== undefined && this.until >= until) return;
    this.until = until;
    this.writing += 1;
    try {
      await this.memory.put(this.key, String(until));
    } finally {
      this.writing -= 1;
    }
  }
}

export function busy(host: string, until: Instant): Busy {
  return new Busy(`${host} wants no more calls until ${new Date(until).toISOString()}`, until);
}
