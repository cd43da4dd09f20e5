import type { StoredRollout } from '@sluice/usecases';
import { z } from 'zod';
import { zApplication, zCommit, zEnvironment, zInstant, zPerson, zPromotion, zRepository, zTexts } from './fields.js';

const zOrder = z.looseObject({ by: zPerson.optional(), reason: z.string(), at: zInstant });

export const zRolloutDocument: z.ZodType<StoredRollout> = z.looseObject({
  repository: zRepository,
  environment: zEnvironment,
  id: z.string(),
  state: z.enum(['gathering', 'running', 'ended']),
  end: z.enum(['done', 'rolled-back']).optional(),
  waves: z.array(z.looseObject({ clusters: z.record(z.string(), z.string()), soak: z.number() })),
  onDegraded: z.enum(['rollback', 'pause']).optional(),
  head: zCommit,
  base: zCommit.optional(),
  wave: z.number(),
  since: zInstant,
  promotions: z.array(zPromotion),
  assigned: z.record(z.string(), zCommit),
  healthyBefore: z.record(z.string(), z.array(zApplication)),
  faults: zTexts,
  paused: zOrder.optional(),
  undoing: zOrder.optional(),
  startedAt: zInstant,
  endedAt: zInstant.optional(),
  revision: z.number(),
  version: z.number(),
});
