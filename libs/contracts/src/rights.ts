import { z } from 'zod';
import { zApplication, zEnvironment, zPerson, zReason, zTime } from './fields.js';

const zWho = z.string().regex(/^(\*|person:[a-z0-9-]{1,63}|group:[^\s\p{Cc}](?:[^\p{Cc}]{0,198}[^\s\p{Cc}])?)$/u, '"person:<name>", "group:<name>" or "*"');
const zName = z.string().regex(/^(\*|[a-z0-9][a-z0-9-]{0,62})$/, 'a name or "*"');

export const ofRole = z.object({ binding: z.string().regex(/^[0-9a-z-]{1,40}$/) });
export const ofRight = { right: z.string().regex(/^[0-9a-z-]{1,40}$/) };

/** POST /roles. `repositories` may end with `*`. */
export const newRole = z.object({
  role: z.enum(['viewer', 'promoter', 'approver']),
  who: zWho,
  repositories: z
    .string()
    .regex(/^([a-z0-9][a-z0-9-]{0,62}|[a-z0-9-]{0,62}\*)$/, 'a name, a beginning with "*" after it, or "*"')
    .default('*'),
  application: zName.default('*'),
  environment: zName.default('*'),
  reason: zReason,
});
export const roleDto = z.object({ id: z.string(), role: z.enum(['viewer', 'promoter', 'approver', 'admin']), who: z.string(), repositories: z.string(), application: z.string(), environment: z.string(), reason: z.string(), by: zPerson, at: zTime });
export type RoleDto = z.output<typeof roleDto>;
export const roleList = z.object({ items: z.array(roleDto) });

function lasting(longest: number): z.ZodNumber {
  return z.number().int().min(1).max(longest);
}
/** POST …/delegations: at most 90 days. */
export const newDelegation = z.object({ to: zPerson, environment: zEnvironment.optional(), application: zApplication.optional(), reason: zReason, forSeconds: lasting(7_776_000) });
/** POST …/break-glass: at most a day. */
export const newBreakGlass = z.object({ environment: zEnvironment, reason: zReason, forSeconds: lasting(86_400) });
export const endRight = z.object({ reason: z.string().max(2_000).default('') });

export const rightDto = z.object({
  id: z.string(),
  kind: z.enum(['delegation', 'break-glass']),
  environment: zEnvironment.optional(),
  application: zApplication.optional(),
  giver: zPerson.optional(),
  person: zPerson,
  reason: z.string(),
  at: zTime,
  until: zTime,
  endedAt: zTime.optional(),
  endedBy: zPerson.optional(),
  /** Break-glass where the emergency policy requires several: so many more have to break it before it gives anything. */
  missing: z.number().int().optional(),
});
export type RightDto = z.output<typeof rightDto>;
export const rightList = z.object({ items: z.array(rightDto) });
