import type { Admission } from './admission.js';

/** Requests that wait for their turn and ask for the same. */
interface Waiting<Item> {
  readonly first: Item;
  readonly others: Item[];
  readonly served: Promise<void>;
}

/**
 * Requests that ask for the same and find no place join while they wait: they are served by one run, which begins after the last of them came, so that nobody gets an answer that is older than the
 * question. Whoever finds a place at once is served alone.
 */
export class SharedQueue<Item> {
  private readonly waiting = new Map<string, Waiting<Item>>();

  constructor(private readonly admission: Admission) {}

  /** `serve` gets all that have joined; `admitted` false: too many wait already. @returns when the item has been served. */
  async run(key: string, item: Item, serve: (items: readonly Item[], admitted: boolean) => Promise<void>): Promise<void> {
    const before = this.waiting.get(key);
    if (before) {
      before.others.push(item);
      return before.served;
    }
    let done: () => void = () => undefined;
    const own: Waiting<Item> = { first: item, others: [], served: new Promise((resolve) => (done = resolve)) };
    this.waiting.set(key, own);
    const leave = await this.admission.enter();
    this.waiting.delete(key);
    try {
      await serve([own.first, ...own.others], leave !== undefined);
    } finally {
      leave?.();
      done();
    }
  }
}
