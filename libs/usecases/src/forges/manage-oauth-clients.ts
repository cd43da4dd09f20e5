import { NotFound } from '@sluice/kernel';
import type { AuditLog, EventLog, ForgeCredential, OwnAccountStore, Person, Sealer, StoredClient, Transactions } from '../ports/index.js';
import { sealClientSecret } from './personal-grant.js';
import type { RemoteForges } from './remote-forges.js';

interface Ports {
  readonly ownAccounts: OwnAccountStore;
  readonly transactions: Transactions;
  readonly events: Pick<EventLog, 'append'>;
  readonly audit: AuditLog;
  readonly sealer: Sealer;
}

export interface WantedClient {
  readonly credential: string;
  readonly id: string;
  readonly secret?: string | undefined;
}

/** By what people may allow Sluice on a forge to act for them. Its secret goes in and never comes out. */
export class ManageOauthClients {
  constructor(
    private readonly ports: Ports,
    private readonly remotes: Pick<RemoteForges, 'credential'>,
  ) {}

  list(): Promise<readonly StoredClient[]> {
    return this.ports.ownAccounts.clients();
  }

  /** @throws NotFound for a credential that is not there; Unsupported when the server has no key. */
  async save({ credential, id, secret }: WantedClient, by: Person): Promise<ForgeCredential> {
    const forge = await this.remotes.credential(credential);
    const before = await this.ports.ownAccounts.client(credential);
    const sealed = secret === undefined ? undefined : sealClientSecret(this.ports.sealer, credential, secret);
    await this.ports.transactions.run(async () => {
      await this.ports.ownAccounts.saveClient({ credential, id, ...(sealed !== undefined && { sealed }) });
      await this.ports.events.append({ type: 'credential.oauth', message: `${by.name} stored the OAuth client ${id} for the credential ${credential}`, by: by.name });
      await this.ports.audit.append({ action: 'credential.oauth', by: by.name, ...(before && { before: { credential, clientId: before.id } }), after: { credential, clientId: id, hasSecret: secret !== undefined } });
    });
    return forge;
  }

  /** What was allowed by it goes on until it has to be renewed. @throws NotFound */
  async remove(credential: string, by: Person): Promise<void> {
    await this.remotes.credential(credential);
    await this.ports.transactions.run(async () => {
      const before = await this.ports.ownAccounts.client(credential);
      if (!before) throw new NotFound(`the credential ${credential} has no OAuth client`);
      await this.ports.ownAccounts.removeClient(credential);
      await this.ports.events.append({ type: 'credential.oauth', message: `${by.name} removed the OAuth client of the credential ${credential}`, by: by.name });
      await this.ports.audit.append({ action: 'credential.oauth-remove', by: by.name, before: { credential, clientId: before.id } });
    });
  }
}
