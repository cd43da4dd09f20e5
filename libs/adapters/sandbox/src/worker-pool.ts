import { Unavailable } from '@sluice/kernel';
import type { Work } from './messages.js';
import { SandboxWorker, type WorkerLimits, type WorkerOutcome } from './sandbox-worker.js';

export interface PoolOptions extends WorkerLimits {
  readonly workers: number;
  /** Requests that may wait for a worker. */
  readonly queue: number;
}

interface Waiting {
  readonly work: Work;
  readonly resolve: (outcome: WorkerOutcome) => void;
}

/** A few workers, each started when it is first needed and replaced when it dies. */
export class WorkerPool {
  private readonly idle: SandboxWorker[] = [];
  private readonly all = new Set<SandboxWorker>();
  private readonly waiting: Waiting[] = [];
  private closed = false;

  constructor(
    private readonly entry: URL,
    private readonly options: PoolOptions,
  ) {}

  /** @throws Unavailable when too many requests wait, or the pool is closed. */
  async run(work: Work): Promise<WorkerOutcome> {
    if (this.closed) throw new Unavailable('the reader of repository files is closed');
    if (this.waiting.length >= this.options.queue) throw new Unavailable('too many files wait to be read: try again later');
    return new Promise((resolve) => {
      this.waiting.push({ work, resolve });
      this.next();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { resolve } of this.waiting.splice(0)) resolve({ ok: 'crashed', message: 'the reader was closed' });
    await Promise.all([...this.all].map((worker) => worker.terminate()));
    this.all.clear();
  }

  private next(): void {
    if (this.waiting.length === 0) return;
    const worker = this.idle.pop() ?? this.start();
    if (worker === undefined) return;
    if (!worker.usable) {
      this.all.delete(worker);
      return this.next();
    }
    const request = this.waiting.shift();
    if (request !== undefined) void this.serve(worker, request);
  }

  private start(): SandboxWorker | undefined {
    if (this.all.size >= this.options.workers) return undefined;
    const worker = new SandboxWorker(this.entry, this.options);
    this.all.add(worker);
    return worker;
  }

  private async serve(worker: SandboxWorker, { work, resolve }: Waiting): Promise<void> {
    const outcome = await worker.run(work);
    if (worker.usable) this.idle.push(worker);
    else this.all.delete(worker);
    resolve(outcome);
    this.next();
  }
}
