import type { Admission } from './admission.js';

/** Requests that wait for their turn and ask for the same. */
interface Waiting<Item> {
  readonly first: Item;
  readonly others: Item[];
  readonly served: Promise<void>;
}

/** Milliseconds that a question waits for the run of the same one before it: longer than git takes for an answer, and too short for somebody behind a slow client to notice. */
const PATIENCE = 200;

/**
 * Requests that ask for the same join while they wait, for a place or for the end of the run before: they are served by one run, which begins after the last of them came, so that nobody gets an
 * answer that is older than the question. Whoever asks what nobody else does, and finds a place, is served at once.
 */
export class SharedQueue<Item> {
  private readonly waiting = new Map<string, Waiting<Item>>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly admission: Admission,
    private readonly patience = PATIENCE,
  ) {}

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
    await this.turn(key);
    const leave = await this.admission.enter();
    this.waiting.delete(key);
    this.running.set(key, own.served);
    try {
      await serve([own.first, ...own.others], leave !== undefined);
    } finally {
      leave?.();
      if (this.running.get(key) === own.served) this.running.delete(key);
      done();
    }
  }

  /** When the run before has ended, or takes too long: its answer may be a large one, to a slow client. */
  private async turn(key: string): Promise<void> {
    const before = this.running.get(key);
    if (!before) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([before, new Promise<void>((resolve) => (timer = setTimeout(resolve, this.patience)))]);
    clearTimeout(timer);
  }
}
