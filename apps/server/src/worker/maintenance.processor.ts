import { Processor } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { MAINTENANCE_JOB } from '@sluice/contracts';
import { workerOptions } from '@sluice/queue-bullmq';
import type { Job } from 'bullmq';
import { LoggedWorkerHost } from './logged-worker-host.js';
import { parsePayload } from './parse-payload.js';
import { Maintenance } from './maintenance.js';

@Processor(MAINTENANCE_JOB.queue, workerOptions({ concurrency: 1 }))
export class MaintenanceProcessor extends LoggedWorkerHost {
  constructor(@Inject(Maintenance) private readonly maintenance: Maintenance) {
    super();
  }

  async process(job: Job<unknown>): Promise<void> {
    parsePayload(MAINTENANCE_JOB.payload, job);
    await this.maintenance.run();
  }
}
