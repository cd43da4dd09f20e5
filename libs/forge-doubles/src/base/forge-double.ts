import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts } from './accounts.js';
import { BareRepository } from './bare-repository.js';
import { CallLog } from './call-log.js';
import { Deliveries } from './deliveries.js';
import { DoubleRepository } from './double-repository.js';
import { Faults } from './faults.js';
import type { OauthPages } from './oauth-pages.js';
import type { DoubleEvent } from './records.js';
import { serve } from './serve.js';
import type { Skin } from './skin.js';
import type { World } from './world.js';

export interface DoubleOptions {
  /** Webhooks are delivered, and answered, before the call that caused them is. */
  readonly deliverFirst?: boolean;
}

/** A forge for tests on a loopback address: real git over HTTP, requests, reviews, statuses and webhooks; what its API looks like is the skin's. All but git's objects is in memory. */
export class ForgeDouble implements World {
  readonly accounts = new Accounts();
  readonly repositories = new Map<string, DoubleRepository>();
  private readonly moved = new Map<string, string>();
  readonly faults = new Faults();
  readonly log = new CallLog();
  readonly deliveries: Deliveries;
  readonly skin: Skin;
  /** Milliseconds since the epoch; a test may set it. */
  now = (): number => Date.now();
  deliverFirst: boolean;
  private readonly server: Server;
  private readonly opened: BareRepository[] = [];
  private ids = 5_000;
  /** Known as long as there is the double: what was asked before it was stopped is still answered. */
  private port = 0;

  private constructor(
    private readonly folder: string,
    makeSkin: (world: World) => Skin,
    { deliverFirst = false }: DoubleOptions,
  ) {
    this.deliverFirst = deliverFirst;
    this.skin = makeSkin(this);
    this.deliveries = new Deliveries((event, hook, repository) => this.skin.payloads(event, hook, repository));
    this.server = createServer((request, response) => void serve(this, request, response));
  }

  static async start(makeSkin: (world: World) => Skin, options: DoubleOptions = {}): Promise<ForgeDouble> {
    const double = new ForgeDouble(await mkdtemp(join(tmpdir(), 'sluice-double-')), makeSkin, options);
    await new Promise<void>((resolve) => double.server.listen(0, '127.0.0.1', resolve));
    double.port = (double.server.address() as AddressInfo).port;
    return double;
  }

  async stop(): Promise<void> {
    await this.deliveries.settled();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
    for (const git of this.opened) git.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get oauth(): OauthPages {
    return this.skin.oauth;
  }

  get root(): string {
    return this.folder;
  }

  nextId(): number {
    this.ids += 1;
    return this.ids;
  }

  /** A repository whose default branch has one commit with the file `README.md`. */
  async createRepository(path: string, { defaultBranch = 'main', owner = path.split('/')[0] ?? path }: { readonly defaultBranch?: string; readonly owner?: string } = {}): Promise<DoubleRepository> {
    const git = await BareRepository.create(join(this.folder, `${path}.git`), defaultBranch);
    this.opened.push(git);
    const made: DoubleRepository = new DoubleRepository({
      git,
      path,
      id: this.nextId(),
      owner: this.accounts.add(owner),
      defaultBranch,
      now: () => this.now(),
      nextId: () => this.nextId(),
      emit: (event: DoubleEvent) => this.deliveries.announce(made, event),
    });
    this.repositories.set(path.toLowerCase(), made);
    await made.commit({ branch: defaultBranch, files: { 'README.md': `# ${path}\n` }, message: 'Begin' });
    return made;
  }

  repository(path: string): DoubleRepository | undefined {
    return this.repositories.get(path.toLowerCase());
  }

  movedTo(path: string): string | undefined {
    return this.moved.get(path.toLowerCase());
  }

  /** Somebody renames or transfers a repository: whoever asks for it by its old name is led to the new one. */
  async move(path: string, to: string): Promise<void> {
    const repository = await this.createRepository(to);
    const before = this.repository(path);
    if (!before) throw new Error(`there is no repository ${path}`);
    Object.assign(repository.settings, before.settings);
    this.repositories.delete(path.toLowerCase());
    this.moved.set(path.toLowerCase(), to);
  }

  /** What no careful client sends, and answers of the double that its own documentation forbids: a test expects none. */
  unexpected(): readonly string[] {
    return this.log.unexpected();
  }
}
