/** Lets so many run at a time; the rest waits in order. */
export class AtMost {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly places: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.places) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // the place goes on to the next one, so nobody who comes now can overtake it
      if (next) next();
      else this.running -= 1;
    }
  }
}
