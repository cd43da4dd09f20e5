import { randomBytes } from 'node:crypto';
import type { Json } from '@sluice/audit';
import { Conflict, Forbidden, InvalidInput, NotFound, present, printableLine } from '@sluice/kernel';
import type { Clock, RepositoryId } from '@sluice/kernel';
import type { AuditLog, EventLog, ForgeCheck, ForgeCredential, ForgeStore, Person, RemoteForge, RemotePlace, Repositories, Repository, Sealer, Transactions, Wakes } from '../ports/index.js';
import { changesOf, OWN_LOGIN, unreadKey } from './memory-keys.js';
import type { RemoteForges } from './remote-forges.js';

export interface ConnectWanted {
  readonly id: RepositoryId;
  readonly credential: string;
  readonly path: string;
  /** Default: the repository's default branch. */
  readonly configBranch?: string;
  /** False: somebody else makes the webhook, or there is none and the sweep finds what has changed. */
  readonly hook: boolean;
}

export interface Connected {
  readonly repository: Repository;
  readonly check: ForgeCheck;
  /** What was left undone, and what it means. */
  readonly notes: readonly string[];
}

interface Ports {
  readonly forges: ForgeStore;
  readonly repositories: Repositories;
  readonly transactions: Transactions;
  readonly events: Pick<EventLog, 'append'>;
  readonly audit: AuditLog;
  readonly wakes: Wakes;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly settings: { readonly publicUrl: string };
}

/** Connects repositories on forges over the network, and says what the credential may do there. */
export class ConnectRepository {
  constructor(
    private readonly ports: Ports,
    private readonly remotes: RemoteForges,
    /** What was promoted before the database knew the repository. */
    private readonly rebuild: { run(repository: RepositoryId): Promise<unknown> },
  ) {}

  /**
   * Connecting again changes credential, path, branch and webhook. Nothing is stored when something that is needed is not there.
   * @throws InvalidInput naming the missing permissions, or the path that the repository has by now; NotFound; Conflict for a repository of the built-in forge, or one that is connected under another name.
   */
  async run(wanted: ConnectWanted, by: Person): Promise<Connected> {
    const before = await this.ports.repositories.get(wanted.id);
    await this.assertFree(wanted, before);
    const credential = await this.credentialOf(wanted.credential);
    const check = await this.checked(wanted, credential);
    const place = { credential: wanted.credential, path: check.path, ...present({ hook: before?.remote?.hook }) };
    const repository: Repository = { id: wanted.id, forge: credential.kind, remote: place, configBranch: wanted.configBranch ?? check.defaultBranch, createdAt: before?.createdAt ?? this.ports.clock() };
    // before it is there: whoever dies or gives up before its past is known begins with that the next time
    const isUnread = await this.isUnread(wanted.id, before);
    const memory = this.ports.forges.memory(credential.name);
    if (isUnread) await memory.put(unreadKey(wanted.id), 'since it was connected');
    await this.ports.transactions.run(async () => {
      await (before ? this.ports.repositories.update(repository) : this.ports.repositories.add(repository));
      await this.ports.audit.append({ action: 'repository.connect', by: by.name, place: { repository: wanted.id }, ...(before && { before: connectionOf(before) }), after: { ...connectionOf(repository), url: credential.url, makesWebhook: wanted.hook } });
    });
    await memory.put(OWN_LOGIN, check.login);
    // before anybody looks at it: what was open or closed is not to be begun again
    if (isUnread) await this.rebuild.run(wanted.id);
    await memory.forget(unreadKey(wanted.id));
    const { stored, notes } = wanted.hook ? await this.hooked(repository, place) : { stored: repository, notes: [WITHOUT_HOOK] };
    await this.ports.events.append({ type: 'repository.connected', repository: wanted.id, message: `${by.name} connected ${wanted.id} with ${wanted.path} on ${credential.url}`, by: by.name });
    await this.ports.wakes.wake({ kind: 'repository', repository: wanted.id });
    return { repository: stored, check, notes: [...check.notes, ...notes] };
  }

  /** Nobody has read yet what was promoted in it before. */
  private async isUnread(id: RepositoryId, before: Repository | undefined): Promise<boolean> {
    if (!before) return true;
    return (await this.ports.forges.memory(before.remote?.credential ?? '').get(unreadKey(id))) !== undefined;
  }

  /** What its credential may do with it now. @throws NotFound for a repository of the built-in forge. */
  async check(id: RepositoryId): Promise<ForgeCheck> {
    const repository = await this.ports.repositories.get(id);
    if (!repository) throw new NotFound(`there is no repository ${id}`);
    const check = await (await this.remotes.of(repository)).check(id);
    const { path = check.path, credential = '' } = repository.remote ?? {};
    const moved = isSamePath(check.path, path) ? [] : [`${movedTo(path, check.path)}; git is not led there: connect it again with \`sluice repository add ${id} --credential ${credential} --path ${check.path}\``];
    return { ...check, missing: [...moved, ...check.missing] };
  }

  private async assertFree({ id, credential, path }: ConnectWanted, before: Repository | undefined): Promise<void> {
    if (before && !before.remote) throw new Conflict(`${id} is a repository of the built-in forge: choose another name`);
    const url = (await this.credentialOf(credential)).url;
    for (const other of await this.ports.repositories.list()) {
      if (other.id === id || other.remote?.path.toLowerCase() !== path.toLowerCase()) continue;
      if ((await this.ports.forges.credential(other.remote.credential))?.url === url) throw new Conflict(`${path} is connected as ${other.id} already: two of them would promote the same branches`);
    }
  }

  private async checked({ id, path }: ConnectWanted, credential: ForgeCredential): Promise<ForgeCheck> {
    const forge = this.remotes.trial(credential, { path });
    try {
      const check = await forge.check(id);
      if (!isSamePath(check.path, path)) throw new InvalidInput(`${movedTo(path, check.path)}: connect it with --path ${check.path}`);
      if (check.missing.length > 0) throw new InvalidInput(`credential ${credential.name} (${check.login}) may not do what is needed in ${path}; missing: ${check.missing.join('; ')}`, { details: { missing: check.missing } });
      return check;
    } finally {
      await forge.close();
    }
  }

  private async hooked(repository: Repository, place: RemotePlace): Promise<{ readonly stored: Repository; readonly notes: readonly string[] }> {
    const secret = randomBytes(32).toString('hex');
    const stored: Repository = { ...repository, remote: { ...place, hook: this.ports.sealer.seal(secret, hookContext(repository.id)) } };
    // first what opens its deliveries: the forge sends one at once
    await this.ports.repositories.update(stored);
    try {
      await this.remoteHook(await this.remotes.of(stored), repository.id, secret);
      return { stored, notes: [] };
    } catch (error) {
      if (!(error instanceof Forbidden || error instanceof InvalidInput)) throw error;
      await this.ports.repositories.update(repository);
      return { stored: repository, notes: [`the webhook could not be made (${error.message}): ${WITHOUT_HOOK}`] };
    }
  }

  private async remoteHook(forge: RemoteForge, repository: RepositoryId, secret: string): Promise<void> {
    await forge.hook(repository, { url: hookUrl(this.ports.settings.publicUrl, repository), secret });
    await this.ports.forges.memory((await this.ports.repositories.get(repository))?.remote?.credential ?? '').forget(changesOf(repository));
  }

  private async credentialOf(name: string): Promise<ForgeCredential> {
    const credential = await this.ports.forges.credential(name);
    if (!credential) throw new NotFound(`there is no credential ${name}: add it with \`sluice credential add\``);
    return credential;
  }
}

function connectionOf({ forge, remote, configBranch }: Repository): { readonly [field: string]: Json } {
  return { forge, credential: remote?.credential ?? null, path: remote?.path ?? null, configBranch };
}

function isSamePath(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function movedTo(before: string, now: string): string {
  return `${printableLine(before, 500)} is called ${printableLine(now, 500)} there: it was renamed or transferred`;
}

const WITHOUT_HOOK = 'without a webhook, pushes are seen within five minutes, and what happens to requests within five minutes as well';

/** Where a forge sends what happens in a repository. */
export function hookUrl(publicUrl: string, repository: RepositoryId): string {
  return `${publicUrl}/webhooks/${repository}`;
}

export function hookContext(repository: RepositoryId): string {
  return `webhook of ${repository}`;
}
