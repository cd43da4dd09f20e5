import { jest } from '@jest/globals';
import { BullModule, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JOBS, LANE_JOB } from '@sluice/contracts';
import { createFakeWakeStore, describeCombinations, type Services } from '@sluice/testing';
import { wakeKey, type WakeTarget } from '@sluice/usecases';
import type { Job } from 'bullmq';
import { createQueues } from './create-queues.js';
import { createWakes } from './create-wakes.js';
import { BackendQueue, BackendWorker, type QueueBackend } from './queue-backend.js';
import { lane, openBackend, recordingLog, until } from './queue-bench.fixture.js';
import { queueOptions, workerOptions } from './queue-options.js';
import { runWake } from './run-wake.js';

const seen: string[] = [];
const store = createFakeWakeStore();

@Processor(LANE_JOB.queue, workerOptions({ concurrency: 2 }))
class LaneProcessor extends WorkerHost {
  override async process(job: Job<WakeTarget>): Promise<void> {
    await runWake(job.data, async (target) => void seen.push(wakeKey(target)), { store, queues: { enqueue: async () => undefined }, attempt: 1, attempts: 1 });
  }
}

@Module({})
class WorkerModule {
  static on(backend: QueueBackend): DynamicModule {
    // These are read when the application starts; each queue and worker finds its backend from the connection.
    BullModule.queueClass = BackendQueue;
    BullModule.workerClass = BackendWorker;
    return {
      module: WorkerModule,
      imports: [BullModule.forRoot(queueOptions(backend)), BullModule.registerQueue(...JOBS.map(({ queue }) => ({ name: queue })))],
      providers: [LaneProcessor],
    };
  }
}

jest.setTimeout(120_000);

describeCombinations('a Nest application', (combination) => {
  let services: Services;
  let backend: QueueBackend;
  let app: INestApplicationContext;

  beforeAll(async () => {
    services = await combination.start();
    backend = await openBackend(services, recordingLog());
    app = await NestFactory.createApplicationContext(WorkerModule.on(backend), { logger: false });
  });
  afterAll(async () => {
    await app.close();
    await backend.close();
    await services.stop();
  });

  it('works on what is woken, with its processors on the backend that it was given', async () => {
    const log = recordingLog();
    const queues = createQueues(backend, log);
    await createWakes({ store, queues, log }).wake(lane(combination.name.replace('+', '-')));
    await until(() => store.unsettled().length === 0);
    expect(seen).toContain(`lane:shop:qa:${combination.name.replace('+', '-')}`);
    await queues.close();
  });
});
