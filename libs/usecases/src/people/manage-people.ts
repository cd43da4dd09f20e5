import { NotFound } from '@sluice/kernel';
import type { Clock, PersonName } from '@sluice/kernel';
import type { Credential, People, Person, Signals } from '../ports/index.js';
import { issueCredential, type IssuedCredential } from './issue-credential.js';

/** The topic on which replicas tell that a credential was revoked: streams that were opened with it end. */
export function credentialTopic(credential: Pick<Credential, 'id'>): string {
  return `credential:${credential.id}`;
}

/** What admins do with people, and everybody with their own credential. */
export class ManagePeople {
  constructor(
    private readonly people: People,
    private readonly clock: Clock,
    private readonly signals: Signals,
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

  /** Ends a session or an API token at once, open streams included. */
  async revoke(credential: Credential): Promise<void> {
    await this.people.revoke(credential.id);
    this.signals.publish(credentialTopic(credential));
  }
}
