/** Runs work one after the other, in the order in which it came. */
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}

/** Many callers, one run: who comes while work is under way shares the next run, because this one may have looked too early for him. */
export class Shared<T> {
  private current: Promise<T> | undefined;
  private next: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  run(): Promise<T> {
    if (this.current) return (this.next ??= this.current.then(undefined, () => undefined).then(() => this.start()));
    return this.start();
  }

  private start(): Promise<T> {
    this.next = undefined;
    const run = this.work().finally(() => {
      if (this.current === run) this.current = undefined;
    });
    this.current = run;
    return run;
  }
}
