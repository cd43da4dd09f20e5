import type { Writable } from 'node:stream';

/** Resolves when a stream that was full takes more, or never will: for a writer that goes at its reader's speed. */
export function room(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
