import type { Signals } from '@sluice/usecases';
import type { EventStream } from './event-stream.js';

/**
 * Looks again whenever a signal says so, and now and then without one, since signals may be lost. One look at a time; signals that come meanwhile make one more look. Ends with the stream.
 * `interval` in milliseconds.
 * @returns what makes it look now.
 */
export function follow(stream: EventStream, signals: Signals, topics: readonly string[], options: { readonly interval: number; readonly look: () => Promise<void>; readonly failed: (error: unknown) => void }): () => void {
  let looking = false;
  let again = false;
  const look = async (): Promise<void> => {
    again = true;
    if (looking) return;
    looking = true;
    try {
      while (again && stream.open) {
        again = false;
        await options.look();
      }
    } catch (error) {
      // the client resumes where it was
      options.failed(error);
      stream.end();
    } finally {
      looking = false;
    }
  };
  const unsubscribe = topics.map((topic) => signals.subscribe(topic, () => void look()));
  const timer = setInterval(() => void look(), options.interval * (0.8 + Math.random() * 0.4));
  timer.unref();
  stream.onEnd(() => {
    clearInterval(timer);
    for (const end of unsubscribe) end();
  });
  void look();
  return () => void look();
}
