import type { WakeTarget } from '@sluice/usecases';
import { z } from 'zod';
import { zApplication, zEnvironment, zRepository } from './fields.js';

export const zWakeTarget: z.ZodType<WakeTarget> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('repository'), repository: zRepository }),
  z.object({ kind: z.literal('lane'), repository: zRepository, application: zApplication, target: zEnvironment }),
  z.object({ kind: z.literal('environment'), repository: zRepository, environment: zEnvironment }),
  z.object({ kind: z.literal('images'), repository: zRepository, environment: zEnvironment }),
]);
