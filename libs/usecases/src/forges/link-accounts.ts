import { NotFound } from '@sluice/kernel';
import type { PersonName } from '@sluice/kernel';
import type { EventLog, ForgeStore, LinkedAccount, People, Person } from '../ports/index.js';

interface Ports {
  readonly forges: ForgeStore;
  readonly people: Pick<People, 'get'>;
  readonly events: Pick<EventLog, 'append'>;
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
    await this.ports.forges.link(account);
    await this.ports.events.append({ type: 'account.linked', message: `${by.name} linked ${login} on ${account.url} with ${person}`, by: by.name });
    return account;
  }

  async unlink({ credential, login }: { readonly credential: string; readonly login: string }, by: Person): Promise<void> {
    const url = await this.urlOf(credential);
    await this.ports.forges.unlink({ url, login });
    await this.ports.events.append({ type: 'account.unlinked', message: `${by.name} took ${login} on ${url} from whoever it was linked with`, by: by.name });
  }

  private async urlOf(name: string): Promise<string> {
    const credential = await this.ports.forges.credential(name);
    if (!credential) throw new NotFound(`there is no credential ${name}`);
    return credential.url;
  }
}
