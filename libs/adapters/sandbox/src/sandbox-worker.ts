import { Worker } from 'node:worker_threads';
import { messageOf } from '@sluice/kernel';
import { detach } from './bytes.js';
import type { Reply, Work } from './messages.js';

export interface WorkerLimits {
  /** Milliseconds that one request may take. */
  readonly deadline: number;
  /** Mebibytes of a worker's heap. */
  readonly heap: number;
}

export type WorkerOutcome = Reply | { readonly ok: 'limit'; readonly message: string } | { readonly ok: 'crashed'; readonly message: string };

/** One worker thread for one request at a time. It keeps the process alive only while it works. */
export class SandboxWorker {
  private readonly worker: Worker;
  private settle: ((outcome: WorkerOutcome) => void) | undefined;
  private dead = false;

  constructor(
    entry: URL,
    private readonly limits: WorkerLimits,
  ) {
    this.worker = new Worker(entry, { execArgv: [], env: {}, resourceLimits: { maxOldGenerationSizeMb: limits.heap, maxYoungGenerationSizeMb: 16 } });
    this.worker.unref();
    this.worker.on('message', (reply: Reply) => this.finish(reply));
    this.worker.on('error', (error) => this.die(outcomeOf(error)));
    this.worker.on('exit', () => this.die({ ok: 'crashed', message: 'the worker ended by itself' }));
  }

  /** False when it has to be replaced. */
  get usable(): boolean {
    return !this.dead;
  }

  /** Never rejects. After a limit or a crash the worker is gone. */
  async run(request: Work): Promise<WorkerOutcome> {
    if (this.dead) return { ok: 'crashed', message: 'the worker has ended' };
    const { work, buffers } = detach(request);
    this.worker.ref();
    const timer = setTimeout(() => this.die({ ok: 'limit', message: `reading it takes longer than ${this.limits.deadline} ms: make the files smaller or simpler` }), this.limits.deadline);
    try {
      return await new Promise<WorkerOutcome>((resolve) => {
        this.settle = resolve;
        this.worker.postMessage(work, buffers);
      });
    } finally {
      clearTimeout(timer);
      this.worker.unref();
    }
  }

  async terminate(): Promise<void> {
    this.die({ ok: 'crashed', message: 'the reader was closed' });
    await this.worker.terminate();
  }

  private die(outcome: WorkerOutcome): void {
    if (!this.dead) void this.worker.terminate();
    this.dead = true;
    this.finish(outcome);
  }

  private finish(outcome: WorkerOutcome): void {
    const { settle } = this;
    this.settle = undefined;
    settle?.(outcome);
  }
}

function outcomeOf(error: unknown): WorkerOutcome {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return { ok: 'limit', message: 'reading it takes too much memory: make the files smaller or simpler' };
  return { ok: 'crashed', message: messageOf(error) };
}
