import type { PersonName } from '@sluice/kernel';

/** A login may have characters that no name of ours has (`Ada.Lovelace`): whoever reads it translates it to a person. */
export function loginAsPerson(login: string): PersonName {
  return login as PersonName;
}
