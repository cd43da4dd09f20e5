import type { PersonName } from '@sluice/kernel';

/** A login where the port has a person: the caller finds out who of ours that is. Logins have upper case and `[bot]`, which names of ours have not, so this is the one place where one passes for the other. */
export function personOf(login: string): PersonName {
  return login as PersonName;
}
