import { JOBS } from '@sluice/contracts';
import type { Type } from '@nestjs/common';

// @nestjs/bullmq keeps what @Processor was given under this key
const PROCESSOR_METADATA = 'bullmq:processor_metadata';

/** Boot fails when a job has no handler, or two, or when a handler has no job. @throws Error naming them. */
export function assertEveryJobHandled(processors: readonly Type[], queues: readonly string[] = JOBS.map(({ queue }) => queue)): void {
  const handled = processors.map((processor) => ({ processor: processor.name, queue: queueOf(processor) }));
  const problems = [
    ...queues.flatMap((queue) => {
      const own = handled.filter((handler) => handler.queue === queue);
      return own.length === 1 ? [] : [`the job ${queue} has ${own.length === 0 ? 'no handler' : `${own.length} handlers: ${own.map(({ processor }) => processor).join(', ')}`}`];
    }),
    ...handled.filter(({ queue }) => queue === undefined || !queues.includes(queue)).map(({ processor }) => `${processor} handles no job of the contract`),
  ];
  if (problems.length > 0) throw new Error(problems.join('; '));
}

function queueOf(processor: Type): string | undefined {
  const metadata: unknown = Reflect.getMetadata(PROCESSOR_METADATA, processor);
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata && typeof metadata.name === 'string' ? metadata.name : undefined;
}
