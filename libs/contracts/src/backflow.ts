import { z } from 'zod';
import { zApplication, zCommit, zEnvironment, zTime } from './fields.js';

export const backflowQuery = z.object({ application: zApplication.optional(), environment: zEnvironment.optional() });

/** What one environment has of an application and nobody has promoted to it. */
const backflowItem = z.object({
  application: zApplication,
  environment: zEnvironment,
  /** The first environment, to which it is returned. */
  first: zEnvironment,
  /** Newest first. `places`: objects and fields. */
  changes: z.array(z.object({ commit: zCommit, author: z.string(), subject: z.string(), at: zTime, places: z.array(z.string()) })),
  /** The newest request that returns or returned it. */
  request: z.object({ number: z.number().int(), url: z.string(), state: z.enum(['open', 'closed', 'merged']), draft: z.boolean() }).optional(),
  message: z.string(),
});
export const backflowList = z.object({ items: z.array(backflowItem) });
export type BackflowList = z.output<typeof backflowList>;
