import { personName } from '@sluice/kernel';
import type { Store } from '@sluice/store-postgres';

const PEOPLE = [
  { name: 'ada', groups: ['developers'], admin: false },
  { name: 'bob', groups: ['developers'], admin: false },
  { name: 'grace', groups: ['release-managers'], admin: false },
  { name: 'eve', groups: ['sre'], admin: false },
  { name: 'sam', groups: ['sre'], admin: false },
  { name: 'root', groups: [], admin: true },
] as const;

/** Everybody whom the scenarios know. */
export async function savePeople(store: Store): Promise<void> {
  for (const { name, groups, admin } of PEOPLE) await store.people.save({ name: personName(name), displayName: name, emails: [`${name}@example.org`], groups, admin });
}
