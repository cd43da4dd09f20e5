import { runWake, type Queues } from '@sluice/queue-bullmq';
import type { Counter, Histogram } from 'prom-client';
import { SluiceError, type ForgeRefusal } from '@sluice/kernel';
import type { Logger, Metrics } from '@sluice/runtime';
import { wakeKey, type TellRefusals, type WakeStore, type WakeTarget } from '@sluice/usecases';
import type { Job } from 'bullmq';

const REFUSALS: Readonly<Record<ForgeRefusal, string>> = {
  credential: 'the forge refuses a credential: everything in its repository waits for `sluice credential rotate`',
  archived: 'a repository is archived on its forge: nothing is promoted in it',
  gone: 'a forge does not show a repository any more: everything in it waits',
};

/** What all processors of wakes share: run when there is something new to look at, look again when something came meanwhile, count, and say what fails when it begins to. */
export class WakeRunner {
  private readonly runs: Counter<'queue' | 'outcome'>;
  private readonly seconds: Histogram<'queue'>;
  private readonly refused: Counter<'reason'>;
  /** What has failed the last time. */
  private readonly failing = new Set<string>();

  constructor(
    private readonly store: WakeStore,
    private readonly queues: Pick<Queues, 'enqueue'>,
    metrics: Metrics,
    private readonly telling: { readonly refusals: TellRefusals; readonly log: Logger },
  ) {
    this.runs = metrics.counter('jobs_total', 'Jobs that ended', ['queue', 'outcome']);
    this.refused = metrics.counter('forge_refusals_total', 'Jobs that ended because a forge refuses a credential, or a repository is archived or gone there', ['reason']);
    this.seconds = metrics.histogram('job_seconds', 'How long a job ran', ['queue']);
  }

  /** @throws what the work throws: the job is tried again. */
  async run(job: Pick<Job<unknown>, 'queueName' | 'attemptsMade' | 'opts'>, target: WakeTarget, work: () => Promise<void>): Promise<void> {
    const queue = job.queueName;
    const stop = this.seconds.startTimer({ queue });
    try {
      await runWake(target, work, { store: this.store, queues: this.queues, attempt: job.attemptsMade + 1, attempts: job.opts.attempts ?? 1 });
      this.runs.inc({ queue, outcome: 'done' });
      await this.ended(target);
    } catch (error) {
      this.runs.inc({ queue, outcome: 'failed' });
      await this.tell(queue, target, error);
      throw error;
    } finally {
      stop();
    }
  }

  private async ended(target: WakeTarget): Promise<void> {
    if (!this.failing.delete(wakeKey(target))) return;
    this.telling.log.info({ target: wakeKey(target) }, 'what has failed works again');
    // nothing is lost when this cannot be written down: it ends by itself
    await this.telling.refusals.done(target).catch(() => undefined);
  }

  /** Once until it works again: it is tried again and again. */
  private async tell(queue: string, target: WakeTarget, error: unknown): Promise<void> {
    const key = wakeKey(target);
    const isNew = !this.failing.has(key);
    this.failing.add(key);
    const refusal = await this.telling.refusals.failed(target, error).catch(() => undefined);
    if (refusal !== undefined) {
      this.refused.inc({ reason: refusal.refusal });
      // `credential` itself is a field that no log shows
      if (!refusal.known) this.telling.log.warn({ credentialName: refusal.credential, repository: refusal.repository, reason: refusal.message }, REFUSALS[refusal.refusal]);
    } else if (isNew) {
      // messages of ours are made for people; of what nobody foresaw all is needed
      this.telling.log.warn({ queue, target: key, ...(error instanceof SluiceError ? { reason: error.message } : { err: error }) }, 'a job has failed; it is tried again until it works');
    }
  }
}
