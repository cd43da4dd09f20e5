import type { DomainEvent } from '@sluice/usecases';
import { z } from 'zod';
import { zApplication, zCluster, zEnvironment, zPromotion, zRepository } from './fields.js';

export const zDomainEvent: z.ZodType<DomainEvent> = z.looseObject({
  type: z.string(),
  repository: zRepository.optional(),
  environment: zEnvironment.optional(),
  application: zApplication.optional(),
  promotion: zPromotion.optional(),
  cluster: zCluster.optional(),
  message: z.string(),
  by: z.string().optional(),
});
