import type { QueueLog } from './queue-log.js';

type Listener = () => void;

/** Who wants to hear what. A listener that throws harms no other. */
export class Listeners {
  readonly #topics = new Map<string, Listener[]>();

  constructor(private readonly log: QueueLog) {}

  get topics(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** @returns true for the first one of its topic. */
  add(topic: string, listener: Listener): boolean {
    const listeners = this.#topics.get(topic);
    this.#topics.set(topic, [...(listeners ?? []), listener]);
    return !listeners;
  }

  /** @returns true when it was the last one of its topic. */
  remove(topic: string, listener: Listener): boolean {
    const listeners = this.#topics.get(topic) ?? [];
    const at = listeners.indexOf(listener);
    if (at < 0) return false;
    const rest = listeners.toSpliced(at, 1);
    if (rest.length > 0) this.#topics.set(topic, rest);
    else this.#topics.delete(topic);
    return rest.length === 0;
  }

  call(topic: string): void {
    for (const listener of this.#topics.get(topic) ?? []) {
      try {
        listener();
      } catch (error) {
        this.log.error({ err: error, topic }, 'a listener has failed');
      }
    }
  }
}
