import { NotFound } from '@sluice/kernel';
import type { Clock, RepositoryId } from '@sluice/kernel';
import type { ForgeCredential, ForgeSecret, ForgeStore, RemoteForge, RemoteForgeKind, Repositories, Repository, Sealer, WebhookFormat, ForgeConnection, ForgeParts } from '../ports/index.js';
import { openSecret } from './forge-secret.js';
import { passingMemory } from './passing-memory.js';

/** What the server has for one kind of forge. */
export interface ForgeAdapter {
  connect(connection: ForgeConnection, parts: ForgeParts): RemoteForge;
  readonly webhooks: WebhookFormat;
}

export type ForgeAdapters = Readonly<Record<RemoteForgeKind, ForgeAdapter>>;

export interface RemoteForgesParts {
  readonly forges: ForgeStore;
  readonly repositories: Repositories;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly adapters: ForgeAdapters;
  /** Each call over the network, for who counts them. */
  readonly onCall?: (kind: RemoteForgeKind, call: { readonly status?: number; readonly limited?: true }) => void;
}

/** The forges that credentials are stored for, each connected when it is first asked. A rotated secret counts from the next call on. */
export class RemoteForges {
  private readonly connected = new Map<string, RemoteForge>();

  constructor(private readonly parts: RemoteForgesParts) {}

  /** @throws NotFound when the repository's credential is gone. */
  async of({ id, remote }: Pick<Repository, 'id' | 'remote'>): Promise<RemoteForge> {
    if (!remote) throw new NotFound(`${id} is in the built-in forge`);
    return this.by(await this.credential(remote.credential));
  }

  by({ name, kind, url }: Pick<ForgeCredential, 'name' | 'kind' | 'url'>): RemoteForge {
    const key = `${name} ${kind} ${url}`;
    const known = this.connected.get(key);
    if (known) return known;
    const made = this.connect({ name, kind, url }, { secret: () => this.secretOf(name), path: (repository) => this.pathOf(repository) });
    this.connected.set(key, made);
    return made;
  }

  /**
   * A forge as it would be with a secret and for repositories that are not stored (yet). Closed by who asked for it. What is remembered of the stored secret, such as that the forge wants no more calls of it,
   * is not remembered of another one, nor the other way round.
   */
  trial(credential: Pick<ForgeCredential, 'name' | 'kind' | 'url'>, given: { readonly secret?: ForgeSecret; readonly path?: string }): RemoteForge {
    const { secret, path } = given;
    return this.connect(credential, {
      secret: () => (secret ? Promise.resolve(secret) : this.secretOf(credential.name)),
      path: (repository) => (path === undefined ? this.pathOf(repository) : Promise.resolve(path)),
      ...(secret && { memory: passingMemory() }),
    });
  }

  /** @throws NotFound */
  async credential(name: string): Promise<ForgeCredential> {
    const credential = await this.parts.forges.credential(name);
    if (!credential) throw new NotFound(`there is no credential ${name}: add it with \`sluice credential add\``);
    return credential;
  }

  webhooks(kind: RemoteForgeKind): WebhookFormat {
    return this.parts.adapters[kind].webhooks;
  }

  async close(): Promise<void> {
    const all = [...this.connected.values()];
    this.connected.clear();
    await Promise.all(all.map((forge) => forge.close()));
  }

  private connect({ name, kind, url }: Pick<ForgeCredential, 'name' | 'kind' | 'url'>, asked: Pick<ForgeConnection, 'secret'> & Pick<ForgeParts, 'path'> & Partial<Pick<ForgeParts, 'memory'>>): RemoteForge {
    const { adapters, clock, fetch, forges, onCall } = this.parts;
    return adapters[kind].connect({ kind, url, secret: asked.secret }, { path: asked.path, fetch, clock, memory: asked.memory ?? forges.memory(name), ...(onCall && { onCall: (call) => onCall(kind, call) }) });
  }

  private async secretOf(name: string): Promise<ForgeSecret> {
    return openSecret(this.parts.sealer, await this.credential(name));
  }

  private async pathOf(repository: RepositoryId): Promise<string> {
    const remote = (await this.parts.repositories.get(repository))?.remote;
    if (!remote) throw new NotFound(`there is no repository ${repository} on this forge`);
    return remote.path;
  }
}
