import { Processor } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { REPOSITORY_JOB } from '@sluice/contracts';
import { workerOptions } from '@sluice/queue-bullmq';
import { ObserveRepository } from '@sluice/usecases';
import type { Job } from 'bullmq';
import { LoggedWorkerHost } from './logged-worker-host.js';
import { Pace } from './pace.js';
import { parsePayload } from './parse-payload.js';
import { WakeRunner } from './wake-runner.js';

@Processor(REPOSITORY_JOB.queue, workerOptions({ concurrency: 2 }))
export class RepositoryProcessor extends LoggedWorkerHost {
  private readonly pace = new Pace();

  constructor(
    @Inject(ObserveRepository) private readonly observeRepository: ObserveRepository,
    @Inject(WakeRunner) private readonly runner: WakeRunner,
  ) {
    super();
  }

  async process(job: Job<unknown>): Promise<void> {
    const target = parsePayload(REPOSITORY_JOB.payload, job);
    // resting comes first: what wakes us meanwhile is seen by the same run
    await this.pace.run(target.repository, () => this.runner.run(job, target, () => this.observeRepository.run(target.repository)));
  }
}
