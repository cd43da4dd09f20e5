import { z } from 'zod';

/** RFC 9457 problem document; the body of every response with a status of 400 and above. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What happened and what to do next. */
  detail: z.string(),
  instance: z.string().optional(),
  /** For bad input: where. */
  errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
});
export type Problem = z.output<typeof problem>;
