import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { LANE_JOB } from '@sluice/contracts';
import { workerOptions } from '@sluice/queue-bullmq';
import { AdvanceLane } from '@sluice/usecases';
import type { Job } from 'bullmq';
import { parsePayload } from './parse-payload.js';
import { WakeRunner } from './wake-runner.js';

@Processor(LANE_JOB.queue, workerOptions({ concurrency: 4 }))
export class LaneProcessor extends WorkerHost {
  constructor(
    @Inject(AdvanceLane) private readonly advanceLane: AdvanceLane,
    @Inject(WakeRunner) private readonly runner: WakeRunner,
  ) {
    super();
  }

  async process(job: Job<unknown>): Promise<void> {
    const { kind, ...lane } = parsePayload(LANE_JOB.payload, job);
    await this.runner.run(job, { kind, ...lane }, () => this.advanceLane.run(lane));
  }
}
