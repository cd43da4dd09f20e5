import type { Instant } from '@sluice/kernel';

/** RFC 3339 in UTC. */
export function time(at: Instant): string {
  return new Date(at).toISOString();
}

/** `{ [name]: time }`, or nothing for an absent time: for spreading. */
export function timeField<Name extends string>(name: Name, at: Instant | undefined): Partial<Record<Name, string>> {
  const field: Partial<Record<Name, string>> = {};
  if (at !== undefined) field[name] = time(at);
  return field;
}
