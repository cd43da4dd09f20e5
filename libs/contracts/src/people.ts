import { isOwnName } from '@sluice/kernel';
import { z } from 'zod';
import { zPerson, zReason, zTime } from './fields.js';

const group = z.string().min(1).max(100);

/** POST /api/v1/people: makes a person, or changes the one of this name. */
export const newPerson = z.object({
  name: zPerson.refine((name) => !isOwnName(name), 'sluice is what Sluice calls itself in its records: choose another name'),
  displayName: z.string().trim().min(1).max(200),
  /** Addresses that commits of theirs carry: this is how an author becomes a person. */
  emails: z.array(z.email().max(320)).max(50).default([]),
  groups: z.array(group).max(100).default([]),
  admin: z.boolean().default(false),
  /** A machine's account: it has API tokens, cannot sign in, and its approval is nobody's. */
  service: z.boolean().default(false),
});
export type NewPerson = z.input<typeof newPerson>;
/** POST /api/v1/people/:person/deactivation */
export const newDeactivation = z.object({ reason: zReason });
/** DELETE /api/v1/people/:person/deactivation */
export const reactivation = z.object({ reason: z.string().trim().max(2_000).default('') });
/**
 * `groups` and `admin`: what admins have said; `claimed`: what a provider of identities says beside it, until their next sign-in; `deactivated`: they have left, and none of it counts until that is taken
 * back.
 */
export const personDto = z.object({
  name: zPerson,
  displayName: z.string(),
  emails: z.array(z.string()),
  groups: z.array(z.string()),
  admin: z.boolean(),
  service: z.boolean().default(false),
  claimed: z.object({ groups: z.array(z.string()), admin: z.boolean() }).optional(),
  deactivated: z.object({ at: zTime, by: zPerson, reason: z.string() }).optional(),
});
export type PersonDto = z.output<typeof personDto>;
export const personList = z.object({ items: z.array(personDto) });
