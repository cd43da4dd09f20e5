import type { Readable } from 'node:stream';

/** What ends a process: signals, and for a child the end of its parent. */
export type EndReason = 'SIGTERM' | 'SIGINT' | 'parent-gone';

/**
 * Calls back once, with the first reason to end. With `parent: 'stdin'` the end of standard input counts: a parent that dies, however it dies, takes its children along, and no
 * file with a process number is needed.
 * @returns the function that stops listening.
 */
export function onEnd(options: { readonly parent?: 'stdin'; readonly input?: Readable }, end: (reason: EndReason) => void): () => void {
  let ended = false;
  const once = (reason: EndReason) => () => {
    if (ended) return;
    ended = true;
    end(reason);
  };
  const onTerm = once('SIGTERM');
  const onInt = once('SIGINT');
  process.on('SIGTERM', onTerm);
  process.on('SIGINT', onInt);
  const stopInput = options.parent === 'stdin' ? watchInput(options.input ?? process.stdin, once('parent-gone')) : undefined;
  return () => {
    process.off('SIGTERM', onTerm);
    process.off('SIGINT', onInt);
    stopInput?.();
  };
}

function watchInput(input: Readable, gone: () => void): () => void {
  const events = ['end', 'close', 'error'] as const;
  for (const event of events) input.on(event, gone);
  // what the parent writes is of no interest, but only a stream that is read ends
  input.resume();
  return () => {
    for (const event of events) input.off(event, gone);
    input.pause();
  };
}

/** One thing to close when a process ends. */
export interface Closing {
  readonly name: string;
  close(): Promise<void> | void;
}

/** What could not be closed, with its reason. */
export interface CloseFailure {
  readonly name: string;
  readonly error: unknown;
}

/** Closes in the given order; one that fails or takes longer than `deadline` milliseconds does not keep the next from closing. */
export async function closeAll(closings: readonly Closing[], deadline: number): Promise<readonly CloseFailure[]> {
  const failures: CloseFailure[] = [];
  for (const closing of closings) {
    try {
      await withDeadline(Promise.resolve(closing.close()), deadline);
    } catch (error) {
      failures.push({ name: closing.name, error });
    }
  }
  return failures;
}

async function withDeadline(work: Promise<void>, deadline: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not close within ${deadline} ms`)), deadline);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
