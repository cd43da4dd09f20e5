import type { Hold } from '@sluice/promotion';
import type { EnvironmentState } from '@sluice/usecases';
import { z } from 'zod';
import { zCommit, zEnvironment, zRepository, zTexts } from './fields.js';

const zHold: z.ZodType<Hold> = z.looseObject({ source: zCommit, paths: zTexts, by: zCommit });

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
  message: z.string().optional(),
  rules: z.string(),
});
