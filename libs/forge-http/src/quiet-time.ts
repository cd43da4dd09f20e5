import { Busy, instant, type Clock, type Instant } from '@sluice/kernel';
import type { ForgeMemory } from '@sluice/usecases';

/** Until when a forge wants no calls with a credential: known in this process, and to the others through the memory. */
export class QuietTime {
  private until: Instant | undefined;

  constructor(
    private readonly memory: ForgeMemory,
    private readonly key: string,
    private readonly clock: Clock,
  ) {}

  /** @throws Busy while it lasts */
  async check(host: string): Promise<void> {
    this.checkKnown(host);
    const remembered = Number(await this.memory.get(this.key));
    if (remembered > this.clock()) throw busy(host, instant(remembered));
  }

  /** Like {@link check}, by what this process knows. @throws Busy */
  checkKnown(host: string): void {
    if (this.until !== undefined && this.until > this.clock()) throw busy(host, this.until);
  }

  /** Keeps the longer one of what is known here and what is new. */
  async begin(until: Instant): Promise<void> {
    if (this.until !== undefined && this.until >= until) return;
    this.until = until;
    await this.memory.put(this.key, String(until));
  }
}

export function busy(host: string, until: Instant): Busy {
  return new Busy(`${host} wants no more calls until ${new Date(until).toISOString()}`, until);
}
