/** Lets a bounded number of tasks run and a bounded number wait. */
export class Admission {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly queued: number,
  ) {}

  /** @returns the function that gives the place back; undefined when too many wait already. */
  async enter(): Promise<(() => void) | undefined> {
    if (this.running >= this.atOnce) {
      if (this.waiting.length >= this.queued) return undefined;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    return () => this.leave();
  }

  private leave(): void {
    const next = this.waiting.shift();
    // the place goes to the next one as it is
    if (next) next();
    else this.running -= 1;
  }
}
