import { instant } from '@sluice/kernel';
import type { HeldNode, Hold, TargetOnly } from '@sluice/promotion';
import type { DirectCommit, EnvironmentState } from '@sluice/usecases';
import { z } from 'zod';
import { zApplications, zCommit, zEnvironment, zInstant, zPromotion, zRepository } from './fields.js';

const zNode: z.ZodType<HeldNode> = z.looseObject({ path: z.string(), object: z.object({ group: z.string(), kind: z.string(), namespace: z.string(), name: z.string() }).optional(), field: z.string().optional() });
// what an older version has stored is read, and made again from git by the rules of this one
const zHold: z.ZodType<Hold> = z.looseObject({ source: zCommit, nodes: z.array(zNode).default([]), bases: z.array(zCommit).default([]), by: zCommit, undoneBy: z.string().default(''), undoneAt: zInstant.default(instant(0)) });

const zTargetOnly: z.ZodType<TargetOnly> = z.looseObject({
  base: zCommit,
  first: zEnvironment,
  changes: z.array(z.looseObject({ commit: zCommit, author: z.string(), email: z.string(), subject: z.string(), at: zInstant, nodes: z.array(zNode) })),
});

const zDirect: z.ZodType<DirectCommit> = z.looseObject({
  commit: zCommit,
  parent: zCommit.optional(),
  author: z.string(),
  subject: z.string(),
  at: zInstant,
  applications: zApplications,
  promotion: zPromotion.optional(),
  changed: z.string(),
});

export const zEnvironmentDocument: z.ZodType<EnvironmentState> = z.looseObject({
  repository: zRepository,
  environment: zEnvironment,
  branch: z.string(),
  head: zCommit.optional(),
  position: z.number(),
  assigned: zCommit.optional(),
  assignedRevision: z.number(),
  tampered: z.record(z.string(), zCommit),
  held: z.record(z.string(), zHold),
  unreviewed: z.array(zDirect).optional(),
  targetOnly: z.record(z.string(), zTargetOnly).optional(),
  message: z.string().optional(),
  rules: z.string(),
});
