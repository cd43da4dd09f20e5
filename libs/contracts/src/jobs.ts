import { z } from 'zod';
import { zApplication, zEnvironment, zRepository } from './fields.js';

/** Payloads of the queues: one job a queue, and all that it says is "look at this again". */
export const REPOSITORY_JOB = { queue: 'repository', payload: z.object({ kind: z.literal('repository'), repository: zRepository }) } as const;
export const LANE_JOB = { queue: 'lane', payload: z.object({ kind: z.literal('lane'), repository: zRepository, application: zApplication, target: zEnvironment }) } as const;
export const ENVIRONMENT_JOB = { queue: 'environment', payload: z.object({ kind: z.literal('environment'), repository: zRepository, environment: zEnvironment }) } as const;
export const IMAGES_JOB = { queue: 'images', payload: z.object({ kind: z.literal('images'), repository: zRepository, environment: zEnvironment }) } as const;
export const MAINTENANCE_JOB = { queue: 'maintenance', payload: z.object({ kind: z.literal('maintenance') }) } as const;
export const JOBS = [REPOSITORY_JOB, LANE_JOB, ENVIRONMENT_JOB, IMAGES_JOB, MAINTENANCE_JOB] as const;
