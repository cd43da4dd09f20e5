import { commitSha, instant, personName } from '@sluice/kernel';
import { z } from 'zod';

const zCommit = z.string().transform(commitSha);
const zInstant = z.number().int().nonnegative().transform(instant);
const zMethod = z.enum(['squash', 'rebase', 'merge']);

const zReview = z.object({
  id: z.string(),
  person: z.string().transform(personName),
  state: z.enum(['approved', 'rejected', 'commented']),
  commit: zCommit,
  body: z.string(),
  at: zInstant,
});

const zMoment = z.object({ at: zInstant, by: z.string().optional(), what: z.string() });

/** A change request as it is kept: the JSON in the message of the commit at `refs/sluice/forge/changes/<number>`. */
export const zChangeRecord = z.object({
  kind: z.literal('change'),
  number: z.number().int().positive(),
  title: z.string(),
  body: z.string(),
  sourceBranch: z.string(),
  targetBranch: z.string(),
  draft: z.boolean(),
  labels: z.array(z.string()).optional(),
  state: z.enum(['open', 'closed', 'merged']),
  /** As of the last write; while it is open the source branch itself is asked. */
  head: zCommit,
  createdAt: zInstant,
  updatedAt: zInstant,
  /** The request of the same source branch before this one. */
  previous: z.number().int().positive().optional(),
  /** `onto`: where the target was. With it an interrupted merge is finished or taken back. */
  merged: z.object({ commit: zCommit, onto: zCommit, by: z.string(), method: zMethod, at: zInstant }).optional(),
  closed: z.object({ by: z.string(), at: zInstant, comment: z.string().optional() }).optional(),
  reviews: z.array(zReview),
  /** The newest moments only; the commit chain has all. */
  timeline: z.array(zMoment),
});
export type ChangeRecord = z.output<typeof zChangeRecord>;

const zStatus = z.object({
  context: z.string(),
  state: z.enum(['pending', 'success', 'failure', 'error']),
  description: z.string(),
  url: z.string().optional(),
  by: z.string(),
  at: zInstant,
});

/** The newest status of each context of one commit. */
export const zStatusRecord = z.object({ kind: z.literal('statuses'), statuses: z.array(zStatus) });
export type StatusRecord = z.output<typeof zStatusRecord>;

/** One accepted push and the commits that were new to the branches it moved. */
export const zPushRecord = z.object({
  kind: z.literal('push'),
  by: z.string(),
  at: zInstant,
  updates: z.array(z.object({ ref: z.string(), before: zCommit.optional(), after: zCommit.optional() })),
  commits: z.array(zCommit),
});
export type PushRecord = z.output<typeof zPushRecord>;
