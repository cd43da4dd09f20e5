import type { Json } from '@sluice/audit';
import { InvalidInput } from '@sluice/kernel';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { wakeOpen } from '../lifecycle/wake-open.js';
import type { AuditAct, Credential, Person } from '../ports/index.js';

/** The topic on which replicas tell that a credential was revoked: streams that were opened with it end. */
export function credentialTopic(credential: Pick<Credential, 'id'>): string {
  return `credential:${credential.id}`;
}

type Ports = Pick<LifecyclePorts, 'people' | 'promotions' | 'transactions' | 'audit' | 'wakes' | 'signals' | 'clock'>;

/** What admins do with people, and everybody with their own credential. */
export class ManagePeople {
  constructor(private readonly ports: Ports) {}

  list(): Promise<readonly Person[]> {
    return this.ports.people.list();
  }

  /** Addresses say whose a change is, and groups who may approve it: what waits on either is looked at again. */
  async save(person: Person): Promise<Person> {
    if (person.service && person.admin) throw new InvalidInput('a service account cannot be an admin: give it roles in the pipeline file, and its tokens scopes');
    await this.ports.transactions.run(async () => {
      const before = await this.ports.people.get(person.name);
      await this.ports.people.save(person);
      await this.ports.audit.append({ action: 'person.save', place: { person: person.name }, ...changeOf(before, person) });
    });
    await wakeOpen(this.ports);
    return (await this.ports.people.get(person.name)) ?? person;
  }

  /** Ends a session or an API token at once, open streams included. */
  async revoke(credential: Credential): Promise<void> {
    await this.ports.transactions.run(async () => {
      await this.ports.people.revoke(credential.id);
      const { id, kind, label } = credential;
      await this.ports.audit.append({ action: kind === 'session' ? 'session.end' : 'token.revoke', place: { person: credential.person }, before: { id, kind, label } });
    });
    this.ports.signals.publish(credentialTopic(credential));
  }
}

function changeOf(before: Person | undefined, after: Person): Pick<AuditAct, 'before' | 'after'> {
  const fields = (person: Person): Json => ({ displayName: person.displayName, emails: person.emails, groups: person.groups, admin: person.admin, ...(person.service && { service: true }) });
  return { ...(before && { before: fields(before) }), after: fields(after) };
}
