import type { Json } from '@sluice/audit';
import { InvalidInput } from '@sluice/kernel';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { wakeOpen } from '../lifecycle/wake-open.js';
import type { AuditAct, Credential, Person } from '../ports/index.js';
import { endCredential, tellEnded } from './end-credential.js';

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

  /** Ends a session or an API token at once, and what was made with it, open streams included. */
  async revoke({ id }: Pick<Credential, 'id'>): Promise<void> {
    tellEnded(this.ports.signals, await this.ports.transactions.run(() => endCredential(this.ports, id)));
  }
}

function changeOf(before: Person | undefined, after: Person): Pick<AuditAct, 'before' | 'after'> {
  const fields = (person: Person): Json => ({ displayName: person.displayName, emails: person.emails, groups: person.groups, admin: person.admin, ...(person.service && { service: true }) });
  return { ...(before && { before: fields(before) }), after: fields(after) };
}
