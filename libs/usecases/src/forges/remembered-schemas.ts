import { commitSha, instant } from '@sluice/kernel';
import type { PersonName } from '@sluice/kernel';
import { z } from 'zod';
import type { ChangeRequest, CommitStatus, Review } from '../ports/index.js';

const zCommit = z.string().transform(commitSha);
const zInstant = z.number().transform(instant);

export const zChange: z.ZodType<ChangeRequest> = z.object({
  number: z.number(),
  url: z.string(),
  state: z.enum(['open', 'closed', 'merged']),
  draft: z.boolean(),
  title: z.string(),
  body: z.string(),
  sourceBranch: z.string(),
  targetBranch: z.string(),
  head: zCommit,
  createdAt: zInstant,
  updatedAt: zInstant,
  mergeCommit: zCommit.optional(),
  mergedBy: z.string().optional(),
  closedBy: z.string().optional(),
  readyBy: z.string().optional(),
  labels: z.array(z.string()).optional(),
});

export const zReviews: z.ZodType<readonly Review[]> = z.array(
  z.object({
    id: z.string(),
    // a login of the forge may have letters that names of ours have not
    person: z.string().transform((name) => name as PersonName),
    login: z.string().optional(),
    state: z.enum(['approved', 'rejected', 'commented']),
    commit: zCommit,
    body: z.string(),
    at: zInstant,
  }),
);

export const zStatuses: z.ZodType<readonly CommitStatus[]> = z.array(
  z.object({ context: z.string(), state: z.enum(['pending', 'success', 'failure', 'error']), description: z.string(), url: z.string().optional(), by: z.string(), at: zInstant }),
);
