import { Processor } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { IMAGES_JOB } from '@sluice/contracts';
import { workerOptions } from '@sluice/queue-bullmq';
import { UpdateImages } from '@sluice/usecases';
import type { Job } from 'bullmq';
import { LoggedWorkerHost } from './logged-worker-host.js';
import { parsePayload } from './parse-payload.js';
import { WakeRunner } from './wake-runner.js';

@Processor(IMAGES_JOB.queue, workerOptions({ concurrency: 2 }))
export class ImagesProcessor extends LoggedWorkerHost {
  constructor(
    @Inject(UpdateImages) private readonly updateImages: UpdateImages,
    @Inject(WakeRunner) private readonly runner: WakeRunner,
  ) {
    super();
  }

  async process(job: Job<unknown>): Promise<void> {
    const target = parsePayload(IMAGES_JOB.payload, job);
    await this.runner.run(job, target, () => this.updateImages.run(target.repository, target.environment));
  }
}
