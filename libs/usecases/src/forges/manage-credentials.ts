import { Conflict, InvalidInput, NotFound } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { AuditLog, EventLog, ForgeCredential, ForgeSecret, ForgeStore, Person, RemoteForgeKind, Repositories, Repository, Sealer, Transactions, Wakes } from '../ports/index.js';
import { sealSecret } from './forge-secret.js';
import { OWN_LOGIN } from './memory-keys.js';
import type { RemoteForges } from './remote-forges.js';
import { trySecret } from './try-secret.js';

export interface NewCredential {
  readonly name: string;
  readonly kind: RemoteForgeKind;
  readonly url: string;
  readonly secret: ForgeSecret;
}

interface Ports {
  readonly forges: ForgeStore;
  readonly repositories: Pick<Repositories, 'list'>;
  readonly transactions: Transactions;
  readonly events: Pick<EventLog, 'append'>;
  readonly audit: AuditLog;
  readonly wakes: Wakes;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** What admins do with credentials for forges. A secret goes in and never comes out. */
export class ManageCredentials {
  constructor(
    private readonly ports: Ports,
    private readonly remotes: RemoteForges,
  ) {}

  list(): Promise<readonly ForgeCredential[]> {
    return this.ports.forges.credentials();
  }

  /** What it may do is asked when a repository is connected with it. @throws Conflict when there is one of this name; InvalidInput for a secret that this kind of forge does not have; Unsupported when the server has no key. */
  async add({ name, kind, url, secret }: NewCredential, by: Person): Promise<ForgeCredential> {
    if (await this.ports.forges.credential(name)) throw new Conflict(`there is a credential ${name} already: \`sluice credential rotate ${name}\` gives it another secret`);
    checkKind(kind, secret);
    return this.store({ name, kind, url: withoutSlash(url) }, secret, { type: 'credential.added', by });
  }

  /** From now on every process uses this secret. @throws NotFound; InvalidInput for one that the forge does not take, or that lacks permissions which the one before had; Unsupported when the server has no key. */
  async rotate(name: string, secret: ForgeSecret, by: Person): Promise<ForgeCredential> {
    const known = await this.known(name);
    checkKind(known.kind, secret);
    const stored = await this.store(known, secret, { type: 'credential.rotated', by });
    // what the forge refused the secret of before goes on at once
    await this.ports.wakes.wake(...(await this.users(name)).map(({ id }) => ({ kind: 'repository' as const, repository: id })));
    return stored;
  }

  /** @throws NotFound; Conflict while repositories are connected with it. */
  async remove(name: string, by: Person): Promise<void> {
    const { kind, url } = await this.known(name);
    const users = (await this.users(name)).map(({ id }) => id);
    if (users.length > 0) throw new Conflict(`${users.join(', ')} ${users.length === 1 ? 'is' : 'are'} connected with ${name}: connect ${users.length === 1 ? 'it' : 'them'} with another one first`);
    await this.ports.transactions.run(async () => {
      await this.ports.forges.removeCredential(name);
      await this.ports.events.append({ type: 'credential.removed', message: `${by.name} removed the credential ${name}`, by: by.name });
      await this.ports.audit.append({ action: 'credential.remove', by: by.name, before: { name, kind, url } });
    });
  }

  private async store(credential: Pick<ForgeCredential, 'name' | 'kind' | 'url'>, secret: ForgeSecret, { type, by }: { readonly type: string; readonly by: Person }): Promise<ForgeCredential> {
    const { name, kind, url } = credential;
    const stored: ForgeCredential = { name, kind, url, sealed: sealSecret(this.ports.sealer, name, secret), changedAt: this.ports.clock() };
    const { login, lacking } = await trySecret(this.remotes, stored, { secret, users: await this.users(name) });
    await this.ports.transactions.run(async () => {
      await this.ports.forges.saveCredential(stored);
      await this.ports.events.append({ type, message: `${by.name} stored a secret for the credential ${name} (${kind}, ${url})${lacking.length > 0 ? `; it lacks what the one before lacked: ${lacking.join('; ')}` : ''}`, by: by.name });
      await this.ports.audit.append({ action: type === 'credential.added' ? 'credential.add' : 'credential.rotate', by: by.name, after: { name, kind, url, signsInBy: secret.kind } });
    });
    // what the forge has said of a secret before says nothing about this one
    const memory = this.ports.forges.memory(name);
    await memory.forget('');
    if (login !== undefined) await memory.put(OWN_LOGIN, login);
    return stored;
  }

  private async users(name: string): Promise<readonly Repository[]> {
    return (await this.ports.repositories.list()).filter(({ remote }) => remote?.credential === name);
  }

  private async known(name: string): Promise<ForgeCredential> {
    const credential = await this.ports.forges.credential(name);
    if (!credential) throw new NotFound(`there is no credential ${name}`);
    return credential;
  }
}

function checkKind(kind: RemoteForgeKind, secret: ForgeSecret): void {
  if (secret.kind === 'app' && kind !== 'github') throw new InvalidInput(`only GitHub has Apps: give a token for ${kind}`);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
