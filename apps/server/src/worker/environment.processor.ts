import { Processor } from '@nestjs/bullmq';
import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { ENVIRONMENT_JOB } from '@sluice/contracts';
import { workerOptions } from '@sluice/queue-bullmq';
import { SettleEnvironment } from '@sluice/usecases';
import type { Job } from 'bullmq';
import { SETTINGS } from '../compose/tokens.js';
import type { Settings } from '../settings.js';
import { LoggedWorkerHost } from './logged-worker-host.js';
import { Pace } from './pace.js';
import { parsePayload } from './parse-payload.js';
import { WakeRunner } from './wake-runner.js';

@Processor(ENVIRONMENT_JOB.queue, workerOptions({ concurrency: 1 }))
export class EnvironmentProcessor extends LoggedWorkerHost implements OnApplicationBootstrap {
  private readonly pace = new Pace();

  constructor(
    @Inject(SettleEnvironment) private readonly settleEnvironment: SettleEnvironment,
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
    const target = parsePayload(ENVIRONMENT_JOB.payload, job);
    // resting comes first: what wakes us meanwhile is seen by the same run
    await this.pace.run(`${target.repository}/${target.environment}`, () => this.runner.run(job, target, () => this.settleEnvironment.run(target.repository, target.environment)));
  }
}
