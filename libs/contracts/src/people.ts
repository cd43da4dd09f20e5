import { z } from 'zod';
import { zPerson } from './fields.js';

const group = z.string().min(1).max(100);

/** POST /api/v1/people: makes a person, or changes the one of this name. */
export const newPerson = z.object({
  name: zPerson,
  displayName: z.string().trim().min(1).max(200),
  /** Addresses that commits of theirs carry: this is how an author becomes a person. */
  emails: z.array(z.email().max(320)).max(50).default([]),
  groups: z.array(group).max(100).default([]),
  admin: z.boolean().default(false),
});
export type NewPerson = z.input<typeof newPerson>;
export const personDto = z.object({ name: zPerson, displayName: z.string(), emails: z.array(z.string()), groups: z.array(z.string()), admin: z.boolean() });
export type PersonDto = z.output<typeof personDto>;
export const personList = z.object({ items: z.array(personDto) });

/** POST /api/v1/people/:person/tokens, by an admin: an API token for a machine or for a person who cannot open a login link. */
export const newToken = z.object({ label: z.string().max(100).default('api'), ttlSeconds: z.number().int().min(60).max(31_536_000).default(2_592_000) });

