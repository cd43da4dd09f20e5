import { UnrecoverableError, type Job } from 'bullmq';
import type { z } from 'zod';

/** A job's payload as its queue says it is. A bad one does not get better by another try. @throws UnrecoverableError */
export function parsePayload<Payload extends z.ZodType>(payload: Payload, job: Pick<Job<unknown>, 'data'>): z.output<Payload> {
  const parsed = payload.safeParse(job.data);
  if (parsed.success) return parsed.data;
  throw new UnrecoverableError(`the payload of this job is not right: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`);
}
