import { NotFound } from '@sluice/kernel';
import type { Clock, PersonName } from '@sluice/kernel';
import type { Credential, People, Person } from '../ports/index.js';
import { issueCredential, type IssuedCredential } from './issue-credential.js';

/** What admins do with people, and everybody with their own credential. */
export class ManagePeople {
  constructor(
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  list(): Promise<readonly Person[]> {
    return this.people.list();
  }

  async save(person: Person): Promise<Person> {
    await this.people.save(person);
    return person;
  }

  /** `lifetime` in milliseconds. @throws NotFound when there is no such person. */
  async createToken(person: PersonName, label: string, lifetime: number): Promise<IssuedCredential> {
    if (!(await this.people.get(person))) throw new NotFound(`there is no person ${person}`);
    return issueCredential(this.people, this.clock, { kind: 'token', person, label, lifetime });
  }

  /** Ends a session or an API token at once. */
  revoke(credential: Credential): Promise<void> {
    return this.people.revoke(credential.id);
  }
}
