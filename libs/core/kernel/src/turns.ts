/**
 * Lets the work of one key be done one after the other in this process, where doing it at once would only be done in vain (a lost compare-and-swap). It is no lock: other processes are free to do the
 * same.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** @throws what the work throws; the others' errors are theirs. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(key) ?? Promise.resolve()).then(work);
    const ended = mine.catch(() => undefined);
    this.last.set(key, ended);
    try {
      return await mine;
    } finally {
      if (this.last.get(key) === ended) this.last.delete(key);
    }
  }
}
