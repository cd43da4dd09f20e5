import { Conflict, Forbidden } from '@sluice/kernel';
import type { Person } from '../ports/index.js';

/** Why what somebody decides is nobody's word; undefined for a person who takes part. */
export function whyNoWord({ name, service, deactivated }: Pick<Person, 'name' | 'service' | 'deactivated'>): string | undefined {
  if (deactivated) return `${name} was deactivated`;
  return service ? `${name} is a service account` : undefined;
}

/** Whether what somebody decides counts as a person's word: neither a machine's does, nor that of who was deactivated. */
export function decides(person: Pick<Person, 'name' | 'service' | 'deactivated'>): boolean {
  return whyNoWord(person) === undefined;
}

/** Those who take part. */
export function active(people: readonly Person[]): readonly Person[] {
  return people.filter(({ deactivated }) => !deactivated);
}

/** Lets in only who takes part. @throws Forbidden, in words for the person. */
export function assertActive({ deactivated }: Pick<Person, 'deactivated'>): void {
  if (deactivated) throw new Forbidden(yourDeactivation(deactivated));
}

/** Gives something only to who takes part. @throws Conflict, in words for whoever gives it. */
export function assertReachable(person: Pick<Person, 'name' | 'deactivated'>): void {
  if (person.deactivated) throw new Conflict(`${sayDeactivated(person)}: \`sluice people reactivate ${person.name}\` takes it back`);
}

/** `your account was deactivated by an admin on 2026-11-26: ask one`. The reason is for admins. */
export function yourDeactivation({ at }: NonNullable<Person['deactivated']>): string {
  return `your account was deactivated by an admin on ${new Date(at).toISOString().slice(0, 10)}: ask one`;
}

/** `ben was deactivated by anna at 2026-11-26T22:00:00.000Z: he has left`; the name alone for somebody who takes part. */
export function sayDeactivated({ name, deactivated }: Pick<Person, 'name' | 'deactivated'>): string {
  return deactivated ? `${name} was deactivated by ${deactivated.by} at ${new Date(deactivated.at).toISOString()}: ${deactivated.reason}` : name;
}
