import { z } from 'zod';
import { zCluster, zCommit, zLabels, zPerson, zPromotionId, zReason, zTime } from './fields.js';

const order = z.object({ by: zPerson.optional(), reason: z.string(), at: zTime });

/** `later`: its turn has not come · `failed`, `unreachable`, `waiting` (for its agent, or to be healthy), `soaking` (until), `healthy`. */
const waveCluster = z.object({
  name: zCluster,
  labels: zLabels,
  /** What it is to run; absent: it keeps what it has. */
  assigned: zCommit.optional(),
  state: z.enum(['later', 'failed', 'unreachable', 'waiting', 'soaking', 'healthy']),
  message: z.string(),
  until: zTime.optional(),
});

const wave = z.object({
  /** The labels that select its clusters, `the rest`, or `in no wave`. */
  name: z.string(),
  soakSeconds: z.number(),
  state: z.enum(['done', 'current', 'later', 'empty']),
  message: z.string(),
  until: zTime.optional(),
  clusters: z.array(waveCluster),
});

/** The newest rollout of an environment; without `rollout` there was none yet. */
export const rolloutView = z.object({
  message: z.string(),
  rollout: z
    .object({
      id: z.string(),
      state: z.enum(['gathering', 'running', 'paused', 'rolling-back', 'done', 'rolled-back']),
      head: zCommit,
      /** What all clusters ran before; absent: it is not known. */
      base: zCommit.optional(),
      /** From 1; one more than there are: the clusters that are in none. */
      wave: z.number().int(),
      promotions: z.array(zPromotionId),
      paused: order.optional(),
      undoing: order.optional(),
      startedAt: zTime,
      endedAt: zTime.optional(),
    })
    .optional(),
  waves: z.array(wave),
});
export type RolloutDto = z.output<typeof rolloutView>;

/** POST …/rollout/pause, continue and abort. */
export const rolloutOrder = z.object({ reason: zReason });
/** `impossible`: what of the batch cannot be rolled back, and why. */
export const abortOutcome = rolloutView.extend({ undoes: z.array(z.string()), impossible: z.array(z.string()) });

/** POST …/clusters/:cluster/labels */
export const labelChange = z.object({ set: zLabels.default({}), remove: z.array(z.string().min(1).max(317)).max(64).default([]) });
