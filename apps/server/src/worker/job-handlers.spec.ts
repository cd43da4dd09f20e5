import 'reflect-metadata';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import { EnvironmentProcessor } from './environment.processor.js';
import { ImagesProcessor } from './images.processor.js';
import { assertEveryJobHandled } from './job-handlers.js';
import { LaneProcessor } from './lane.processor.js';
import { MaintenanceProcessor } from './maintenance.processor.js';
import { RepositoryProcessor } from './repository.processor.js';

@Processor('lane')
class AnotherLaneProcessor extends WorkerHost {
  async process(): Promise<void> {}
}

@Processor('coffee')
class CoffeeProcessor extends WorkerHost {
  async process(): Promise<void> {}
}

const ALL = [RepositoryProcessor, LaneProcessor, EnvironmentProcessor, ImagesProcessor, MaintenanceProcessor];

describe('assertEveryJobHandled', () => {
  it('is content with exactly one handler for each job', () => {
    expect(() => assertEveryJobHandled(ALL)).not.toThrow();
  });

  it('refuses to start when a job has no handler', () => {
    expect(() => assertEveryJobHandled(ALL.filter((processor) => processor !== LaneProcessor))).toThrow('the job lane has no handler');
  });

  it('refuses to start when a job has two', () => {
    expect(() => assertEveryJobHandled([...ALL, AnotherLaneProcessor])).toThrow('the job lane has 2 handlers: LaneProcessor, AnotherLaneProcessor');
  });

  it('refuses to start with a handler of a job that does not exist', () => {
    expect(() => assertEveryJobHandled([...ALL, CoffeeProcessor])).toThrow('CoffeeProcessor handles no job of the contract');
  });
});
