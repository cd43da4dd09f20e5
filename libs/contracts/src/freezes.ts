import { z } from 'zod';
import { zApplication, zEnvironment, zMoment, zPerson, zReason, zTime } from './fields.js';

/** Which way is frozen: into `environment`, or (`all`) into every environment of the repository; of one application or of all. */
const SCOPE = { environment: zEnvironment.optional(), all: z.boolean().default(false), application: zApplication.optional() };

function oneScope({ environment, all }: { readonly environment?: unknown; readonly all: boolean }): boolean {
  return (environment !== undefined) !== all;
}
const SCOPE_RULE = { message: 'name an environment, or say all', path: ['environment'] };

/** POST …/freezes. It ends at a time, after some seconds, or only when it is lifted: one of them is to be said. */
export const newFreeze = z
  .object({ ...SCOPE, until: zMoment.optional(), forSeconds: z.number().int().min(1).max(31_536_000).optional(), untilLifted: z.boolean().default(false), reason: zReason })
  .refine(oneScope, SCOPE_RULE)
  .refine(({ until, forSeconds, untilLifted }) => [until !== undefined, forSeconds !== undefined, untilLifted].filter(Boolean).length === 1, { message: 'say one of until, forSeconds and untilLifted', path: ['until'] });

/** POST …/freezes/lift: every freeze of exactly this scope. */
export const liftFreezes = z.object({ ...SCOPE, reason: z.string().max(2_000).default('') }).refine(oneScope, SCOPE_RULE);

/** Without `environment`: into every one. Without `until`: until it is lifted. */
export const freezeDto = z.object({ id: z.string(), environment: zEnvironment.optional(), application: zApplication.optional(), reason: z.string(), by: zPerson, at: zTime, until: zTime.optional(), message: z.string() });
export type FreezeDto = z.output<typeof freezeDto>;
export const freezeList = z.object({ items: z.array(freezeDto) });
export type FreezeList = z.output<typeof freezeList>;
