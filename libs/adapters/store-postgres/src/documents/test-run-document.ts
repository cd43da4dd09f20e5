import type { AllowedTest, TestRun } from '@sluice/usecases';
import { z } from 'zod';
import { zApplication, zCluster, zCommit, zEnvironment, zInstant, zPerson, zRepository, zTexts } from './fields.js';

/** A test as a stored pipeline and a stored run have it. */
export const zTestDefinition = z.looseObject({ name: z.string(), command: zTexts, timeout: z.number(), image: z.string().optional() });

export const zTestRun: z.ZodType<TestRun> = z.looseObject({
  id: z.string(),
  subject: z.string(),
  number: z.number(),
  repository: zRepository,
  environment: zEnvironment,
  application: zApplication,
  commit: zCommit,
  touched: z.number().optional(),
  test: zTestDefinition,
  state: z.enum(['ordered', 'running', 'passed', 'failed', 'replaced']),
  orderedAt: zInstant,
  orderedBy: zPerson.optional(),
  cluster: zCluster.optional(),
  take: z.number(),
  takenAt: zInstant.optional(),
  leaseUntil: zInstant.optional(),
  lost: z.number(),
  finishedAt: zInstant.optional(),
  duration: z.number().optional(),
  exitCode: z.number().optional(),
  message: z.string(),
  version: z.number(),
});

export const zAllowedTests: z.ZodType<readonly AllowedTest[]> = z.array(z.looseObject({ name: z.string(), command: zTexts }));
