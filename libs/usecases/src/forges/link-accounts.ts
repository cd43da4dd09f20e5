import { NotFound } from '@sluice/kernel';
import type { PersonName } from '@sluice/kernel';
import type { AuditLog, EventLog, ForgeStore, LinkedAccount, People, Person, Promotions, Transactions, Wakes } from '../ports/index.js';
import { wakeOpen } from '../lifecycle/wake-open.js';

interface Ports {
  readonly forges: ForgeStore;
  readonly people: Pick<People, 'get'>;
  readonly transactions: Transactions;
  readonly events: Pick<EventLog, 'append'>;
  readonly audit: AuditLog;
  readonly promotions: Promotions;
  readonly wakes: Wakes;
}

/** Says whose a forge's logins are: their reviews there count as approvals of that person, and what they push as that person's. */
export class LinkAccounts {
  constructor(private readonly ports: Ports) {}

  list(): Promise<readonly LinkedAccount[]> {
    return this.ports.forges.accounts();
  }

  /** @throws NotFound when there is no such person or credential. */
  async link({ credential, login, person }: { readonly credential: string; readonly login: string; readonly person: PersonName }, by: Person): Promise<LinkedAccount> {
    if (!(await this.ports.people.get(person))) throw new NotFound(`there is no person ${person}`);
    const account = { url: await this.urlOf(credential), login, person };
    await this.ports.transactions.run(async () => {
      const before = await this.ports.forges.account(account);
      await this.ports.forges.link(account);
      await this.ports.events.append({ type: 'account.linked', message: `${by.name} linked ${login} on ${account.url} with ${person}`, by: by.name });
      await this.ports.audit.append({ action: 'account.link', by: by.name, place: { person }, ...(before && { before: { ...before } }), after: { ...account } });
    });
    await wakeOpen(this.ports);
    return account;
  }

  async unlink({ credential, login }: { readonly credential: string; readonly login: string }, by: Person): Promise<void> {
    const url = await this.urlOf(credential);
    await this.ports.transactions.run(async () => {
      const before = await this.ports.forges.account({ url, login });
      await this.ports.forges.unlink({ url, login });
      await this.ports.events.append({ type: 'account.unlinked', message: `${by.name} took ${login} on ${url} from whoever it was linked with`, by: by.name });
      await this.ports.audit.append({ action: 'account.unlink', by: by.name, ...(before && { place: { person: before.person } }), before: { url, login, ...(before && { person: before.person }) } });
    });
  }

  private async urlOf(name: string): Promise<string> {
    const credential = await this.ports.forges.credential(name);
    if (!credential) throw new NotFound(`there is no credential ${name}`);
    return credential.url;
  }
}
