import { Conflict, InvalidInput, NotFound, SluiceError } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { AuditLog, EventLog, ForgeCheck, ForgeCredential, ForgeSecret, ForgeStore, Person, RemoteForge, RemoteForgeKind, Repositories, Repository, Sealer, Transactions, Wakes } from '../ports/index.js';
import { sealSecret } from './forge-secret.js';
import { OWN_LOGIN } from './memory-keys.js';
import type { RemoteForges } from './remote-forges.js';

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

  /** @throws Conflict when there is one of this name; InvalidInput for a secret that the forge does not know; Unsupported when the server has no key. */
  async add({ name, kind, url, secret }: NewCredential, by: Person): Promise<ForgeCredential> {
    if (await this.ports.forges.credential(name)) throw new Conflict(`there is a credential ${name} already: \`sluice credential rotate ${name}\` gives it another secret`);
    checkKind(kind, secret);
    return this.store({ name, kind, url: withoutSlash(url) }, secret, { type: 'credential.added', by });
  }

  /** From now on every process uses this secret. @throws NotFound; Unsupported when the server has no key. */
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
    const login = await this.tryOut(stored, secret);
    await this.ports.transactions.run(async () => {
      await this.ports.forges.saveCredential(stored);
      await this.ports.events.append({ type, message: `${by.name} stored a secret for the credential ${name} (${kind}, ${url})`, by: by.name });
      await this.ports.audit.append({ action: type === 'credential.added' ? 'credential.add' : 'credential.rotate', by: by.name, after: { name, kind, url, signsInBy: secret.kind } });
    });
    // what the forge has said of a secret before says nothing about this one
    const memory = this.ports.forges.memory(name);
    await memory.forget('');
    if (login !== undefined) await memory.put(OWN_LOGIN, login);
    return stored;
  }

  /** Repositories that are connected already have to be reachable with it: a mistyped secret must not replace one that works. @returns who that is there. @throws what the forge says. */
  private async tryOut(credential: ForgeCredential, secret: ForgeSecret): Promise<string | undefined> {
    const [repository] = await this.users(credential.name);
    if (!repository?.remote) return undefined;
    const { id, remote: { path } } = repository;
    const { login, missing } = await checked(this.remotes.trial(credential, { secret, path }), id);
    const lacking = missing.length === 0 ? [] : await this.lacking(credential.name, { id, path, missing });
    if (lacking.length > 0) throw new InvalidInput(`the secret for ${credential.name} may not do what the one before may in ${path}; missing: ${lacking.join('; ')}`, { details: { missing: lacking } });
    return login;
  }

  /** What is missing that the secret before has. Of one that does not work any more nobody knows what it had. */
  private async lacking(name: string, { id, path, missing }: { readonly id: Repository['id']; readonly path: string; readonly missing: readonly string[] }): Promise<readonly string[]> {
    const before = await this.known(name);
    try {
      const had = await checked(this.remotes.trial(before, { path }), id);
      return missing.filter((text) => !had.missing.includes(text));
    } catch (error) {
      if (error instanceof SluiceError) return [];
      throw error;
    }
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

async function checked(forge: RemoteForge, repository: Repository['id']): Promise<ForgeCheck> {
  try {
    return await forge.check(repository);
  } finally {
    await forge.close();
  }
}

function checkKind(kind: RemoteForgeKind, secret: ForgeSecret): void {
  if (secret.kind === 'app' && kind !== 'github') throw new InvalidInput(`only GitHub has Apps: give a token for ${kind}`);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
