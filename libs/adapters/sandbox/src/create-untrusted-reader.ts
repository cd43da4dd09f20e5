import { SluiceError, Unavailable } from '@sluice/kernel';
import type { LimitReached, UntrustedReader } from '@sluice/usecases';
import { sizeOf } from './bytes.js';
import { toWire, type Results, type Work } from './messages.js';
import { WorkerPool, type PoolOptions } from './worker-pool.js';

export interface UntrustedReaderOptions extends Partial<PoolOptions> {
  /** Bytes of all files of one request. */
  readonly maxBytes?: number;
  /** The module that the workers run. */
  readonly entry?: URL;
}

/** An {@link UntrustedReader} that has to be closed. */
export interface SandboxedReader extends UntrustedReader {
  /** Ends the workers; what is still being read fails as unavailable. */
  close(): Promise<void>;
}

/** Files in one request to a worker: many, because an object is followed from file to file only within a request. */
const BATCH = 500;
const MEBIBYTE = 1024 * 1024;
const DEFAULTS = { workers: 2, queue: 1_000, deadline: 10_000, heap: 256, maxBytes: 32 * MEBIBYTE };

/**
 * Reads files of repositories in worker threads, so that what is in them can neither block nor end the process. Workers start with the first request.
 * Methods throw Unavailable (try again) when the reader is overloaded or closed, or a worker died twice of another cause than a limit.
 */
export function createUntrustedReader(options: UntrustedReaderOptions = {}): SandboxedReader {
  const settings = { ...DEFAULTS, ...options };
  const pool = new WorkerPool(options.entry ?? workerEntry(), settings);
  const run = <Kind extends Work['kind']>(work: Extract<Work, { kind: Kind }>): Promise<Results[Kind] | LimitReached> => runWithin(pool, settings.maxBytes, work) as Promise<Results[Kind] | LimitReached>;
  return {
    async parsePipeline(text) {
      const parsed = await run<'pipeline'>({ kind: 'pipeline', text });
      if (!isLimit(parsed)) return parsed;
      return { diagnostics: [{ severity: 'error', message: parsed.message, line: 1, column: 1, at: '' }] };
    },
    async compose(files) {
      const size = sizeOf({ kind: 'compose', files: files.map(toWire) });
      if (size > settings.maxBytes) return tooLarge(size, settings.maxBytes);
      const batches = await Promise.all(batchesOf(files).map((batch) => run<'compose'>({ kind: 'compose', files: batch.map(toWire) })));
      return batches.find(isLimit) ?? batches.flatMap((batch) => (isLimit(batch) ? [] : batch));
    },
    diff: (before, after) => run<'diff'>({ kind: 'diff', before, after }),
    findRoots: (files) => run<'roots'>({ kind: 'roots', before: new Map(), after: files }),
    evaluatePolicy: (input) => run<'policy'>({ kind: 'policy', ...input }),
    findSecrets: (before, after) => run<'secrets'>({ kind: 'secrets', before, after }),
    findImages: (files) => run<'images'>({ kind: 'images', before: new Map(), after: files }),
    updateImages: (files, wanted) => run<'update-images'>({ kind: 'update-images', before: new Map(), after: files, wanted }),
    takeOver: (files, captures) => run<'take-over'>({ kind: 'take-over', before: new Map(), after: files, captures }),
    close: () => pool.close(),
  };
}

/** A deadline is for a request: it must not grow with the number of files. */
function batchesOf<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) => items.slice(index * BATCH, (index + 1) * BATCH));
}

function isLimit(result: Results[keyof Results] | LimitReached): result is LimitReached {
  return 'kind' in result && result.kind === 'limit';
}

function tooLarge(size: number, maxBytes: number): LimitReached {
  return { kind: 'limit', message: `the files have ${size} bytes, more than the ${maxBytes} that are read at once: make them smaller` };
}

async function runWithin(pool: WorkerPool, maxBytes: number, work: Work): Promise<Results[keyof Results] | LimitReached> {
  const size = sizeOf(work);
  if (size > maxBytes) return tooLarge(size, maxBytes);
  const first = await pool.run(work);
  const outcome = first.ok === 'crashed' ? await pool.run(work) : first;
  if (outcome.ok === true) return outcome.result;
  if (outcome.ok === 'limit') return { kind: 'limit', message: outcome.message };
  if (outcome.ok === 'crashed') throw new Unavailable('the worker that reads repository files died: try again', { cause: new Error(outcome.message) });
  throw new ReaderFault(outcome.message);
}

/** A fault of ours in the worker, not one of the files. */
class ReaderFault extends SluiceError {
  readonly kind = 'internal';

  constructor(message: string) {
    super('a file could not be read because of a fault in its reader', { cause: new Error(message) });
  }
}

// a worker cannot run TypeScript: tests, which read this library from its source, use the built file
function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../dist/worker-entry.js' : './worker-entry.js', import.meta.url);
}
