import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { isOutage } from '@sluice/queue-bullmq';
import type { Logger } from '@sluice/runtime';
import { LOG } from '../compose/tokens.js';

/** What every processor is: errors of its worker go to the log. Without a listener BullMQ prints each one with its stack, several a second while Redis is away. */
export abstract class LoggedWorkerHost extends WorkerHost {
  @Inject(LOG) private readonly log!: Logger;

  @OnWorkerEvent('error')
  onError(error: Error): void {
    if (!isOutage(error)) this.log.warn({ err: error, queue: this.worker.name }, 'worker error');
  }
}
