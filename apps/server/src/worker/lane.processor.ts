import { Processor } from '@nestjs/bullmq';
import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { LANE_JOB } from '@sluice/contracts';
import { workerOptions } from '@sluice/queue-bullmq';
import { AdvanceLane, FollowReviews } from '@sluice/usecases';
import type { Job } from 'bullmq';
import { SETTINGS } from '../compose/tokens.js';
import type { Settings } from '../settings.js';
import { LoggedWorkerHost } from './logged-worker-host.js';
import { parsePayload } from './parse-payload.js';
import { WakeRunner } from './wake-runner.js';

@Processor(LANE_JOB.queue, workerOptions({ concurrency: 1 }))
export class LaneProcessor extends LoggedWorkerHost implements OnApplicationBootstrap {
  constructor(
    @Inject(AdvanceLane) private readonly advanceLane: AdvanceLane,
    @Inject(FollowReviews) private readonly followReviews: FollowReviews,
    @Inject(WakeRunner) private readonly runner: WakeRunner,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'concurrency'>,
  ) {
    super();
  }

  /** A decorator is read before there are settings. */
  onApplicationBootstrap(): void {
    this.worker.concurrency = this.settings.concurrency;
  }

  async process(job: Job<unknown>): Promise<void> {
    const { kind, ...lane } = parsePayload(LANE_JOB.payload, job);
    await this.runner.run(job, { kind, ...lane }, async () => {
      await this.followReviews.run(lane);
      await this.advanceLane.run(lane);
    });
  }
}
