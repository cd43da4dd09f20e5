import type { ClusterReport, HealthStatus, Liveness } from '@sluice/usecases';
import { z } from 'zod';
import { zApplication, zCluster, zCommit, zEnvironment, zInstant, zRepository } from './fields.js';

const zHealth: z.ZodType<HealthStatus> = z.enum(['Current', 'InProgress', 'Failed', 'Unknown']);

export const zReportDocument: z.ZodType<Omit<ClusterReport, 'receivedAt'>> = z.looseObject({
  sequence: z.number(),
  commit: zCommit.optional(),
  phase: z.enum(['syncing', 'synced', 'failed', 'blocked']),
  message: z.string(),
  health: zHealth,
  resources: z.array(z.looseObject({ path: z.string(), object: z.string().optional(), status: zHealth, message: z.string() })),
  drift: z.array(z.looseObject({ path: z.string(), object: z.string().optional(), kind: z.enum(['modified', 'missing', 'foreign']), reverted: z.boolean(), at: zInstant })),
  digest: z.string(),
});

export const zLivenessDocument: z.ZodType<Liveness> = z.looseObject({
  repository: zRepository,
  environment: zEnvironment,
  application: zApplication,
  cluster: zCluster,
  content: zCommit,
  touched: z.number(),
  status: zHealth,
  healthySince: zInstant.optional(),
  message: z.string(),
});
