import { type Clock, Unavailable } from '@sluice/kernel';
import { assertOutsideTransaction } from '@sluice/runtime';
import { isDamage, localFault } from './faults.js';
import type { OneAtATime } from './one-at-a-time.js';

/** A mirror is made anew at most so often: what is damaged again at once has a cause that a new clone does not mend. */
const AT_MOST_EVERY = 60_000;

export interface RecoveryOptions {
  readonly repository: string;
  readonly lock: OneAtATime;
  readonly clock: Clock;
  /** Throws the mirror away and fetches it again. */
  readonly rebuild: () => Promise<void>;
}

/** The way in to a mirror: work that stumbles over damaged files runs again on a new clone. */
export class Recovery {
  private generation = 0;
  private rebuiltAt: number | undefined;

  constructor(private readonly options: RecoveryOptions) {}

  /** @throws Unavailable and other errors of the kernel; never a bare error of git. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    assertOutsideTransaction('git');
    const generation = this.generation;
    try {
      return await work();
    } catch (error) {
      // somebody else's rebuild takes the files away under work that was fine
      if (!isDamage(error) && generation === this.generation) throw localFault(error, this.options.repository);
      return this.again(generation, error, work);
    }
  }

  private async again<T>(generation: number, error: unknown, work: () => Promise<T>): Promise<T> {
    try {
      await this.options.lock.run(() => this.rebuild(generation, error));
      return await work();
    } catch (second) {
      throw localFault(second, this.options.repository);
    }
  }

  private async rebuild(generation: number, cause: unknown): Promise<void> {
    if (generation !== this.generation) return;
    const now = this.options.clock();
    if (this.rebuiltAt !== undefined && now - this.rebuiltAt < AT_MOST_EVERY) {
      throw new Unavailable(`the mirror of ${this.options.repository} is damaged again: check the disk that it is on and the repository itself (git fsck)`, { cause });
    }
    this.rebuiltAt = now;
    this.generation += 1;
    await this.options.rebuild();
  }
}
