import { runWake, type Queues } from '@sluice/queue-bullmq';
import type { Counter, Histogram } from 'prom-client';
import type { Metrics } from '@sluice/runtime';
import type { WakeStore, WakeTarget } from '@sluice/usecases';
import type { Job } from 'bullmq';

/** What all processors of wakes share: run when there is something new to look at, look again when something came meanwhile, count. */
export class WakeRunner {
  private readonly runs: Counter<'queue' | 'outcome'>;
  private readonly seconds: Histogram<'queue'>;

  constructor(
    private readonly store: WakeStore,
    private readonly queues: Pick<Queues, 'enqueue'>,
    metrics: Metrics,
  ) {
    this.runs = metrics.counter('jobs_total', 'Jobs that ended', ['queue', 'outcome']);
    this.seconds = metrics.histogram('job_seconds', 'How long a job ran', ['queue']);
  }

  /** @throws what the work throws: the job is tried again. */
  async run(job: Pick<Job<unknown>, 'queueName' | 'attemptsMade' | 'opts'>, target: WakeTarget, work: () => Promise<void>): Promise<void> {
    const queue = job.queueName;
    const stop = this.seconds.startTimer({ queue });
    try {
      await runWake(target, work, { store: this.store, queues: this.queues, attempt: job.attemptsMade + 1, attempts: job.opts.attempts ?? 1 });
      this.runs.inc({ queue, outcome: 'done' });
    } catch (error) {
      this.runs.inc({ queue, outcome: 'failed' });
      throw error;
    } finally {
      stop();
    }
  }
}
