import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { ENVIRONMENT_JOB } from '@sluice/contracts';
import { workerOptions } from '@sluice/queue-bullmq';
import { SettleEnvironment } from '@sluice/usecases';
import type { Job } from 'bullmq';
import { parsePayload } from './parse-payload.js';
import { WakeRunner } from './wake-runner.js';

@Processor(ENVIRONMENT_JOB.queue, workerOptions({ concurrency: 4 }))
export class EnvironmentProcessor extends WorkerHost {
  constructor(
    @Inject(SettleEnvironment) private readonly settleEnvironment: SettleEnvironment,
    @Inject(WakeRunner) private readonly runner: WakeRunner,
  ) {
    super();
  }

  async process(job: Job<unknown>): Promise<void> {
    const target = parsePayload(ENVIRONMENT_JOB.payload, job);
    await this.runner.run(job, target, () => this.settleEnvironment.run(target.repository, target.environment));
  }
}
