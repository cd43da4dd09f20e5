import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { DoubleRepository, ForgeDouble, SeenCall, StoredRequest } from '@sluice/forge-doubles';
import { applicationName, Busy, type CommitSha, environmentName, instant, parseDuration, personName, repositoryId, SluiceError, Unavailable } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import { AcceptWebhook, AuthorizeAccount, ConnectRepository, DisconnectRepository, LinkAccounts, LinkOwnAccount, ManageCredentials, ManageOauthClients, ReadApprovals, ReadWhy, RebuildRepository, RestoreEnvironment, TellRefusals, wakeKey, type Approval, type Connected, type DomainEvent, type Person, type RemoteForgeKind, type StoredAccount, type WakeTarget } from '@sluice/usecases';
import type { Files } from '../work-tree.fixture.js';
import { Shop, type World } from '../world.fixture.js';
import { allowance } from './allowance.fixture.js';

/** A forge over the network as scenarios need it: a double, and how its people and tokens are made. */
export interface RemoteKind {
  readonly kind: RemoteForgeKind;
  start(): Promise<ForgeDouble>;
  /** Gives Sluice's account all that it needs. @returns its token. */
  grant(double: ForgeDouble): string;
  /** What git shows the double as a person of its. */
  gitToken(double: ForgeDouble, login: string): string;
  /** Somebody presses the button. */
  merge(place: { readonly double: ForgeDouble; readonly path: string; readonly number: number; readonly head: CommitSha }, token: string): Promise<Response>;
}

export const SLUICE_BOT = 'sluice-bot';

/** Milliseconds until what failed is tried again. */
const RETRY = 20_000;

let count = 0;

/** A repository on a double of a forge, connected with the world; people push to it by git over HTTP, and review there. */
export class RemoteShop extends Shop {
  readonly double: ForgeDouble;
  readonly there: DoubleRepository;
  /** What the server's log warns of. */
  readonly warnings: string[] = [];
  private connections = 0;
  private found = 0;
  private looks = 0;
  private reports = 0;
  private spent = 0;
  private readonly refusals: TellRefusals;

  private constructor(
    parts: ConstructorParameters<typeof Shop>[0],
    private readonly world: World,
    private readonly kind: RemoteKind,
    private readonly place: { readonly double: ForgeDouble; readonly there: DoubleRepository; readonly hooks: Hooks },
  ) {
    super(parts);
    ({ double: this.double, there: this.there } = place);
    this.refusals = new TellRefusals(world.ports);
  }

  static async connect(world: World, kind: RemoteKind, branches: Readonly<Record<string, Files>>): Promise<RemoteShop> {
    const double = await kind.start();
    const name = `remote-${++count}`;
    const there = await double.createRepository(`acme/${name}`);
    const hooks = await Hooks.listen(world);
    const parts = { ports: world.ports, forge: world.forge, store: world.store, folder: join(world.folder, 'work', name), id: repositoryId(name), polled: 'all at once' as const };
    const shop = new RemoteShop(parts, world, kind, { double, there, hooks });
    await shop.begin(`${double.url}/${there.path}.git`, branches);
    await shop.reconnect();
    return shop;
  }

  /** What an operator does at first, and after everything was lost but git and the forge. */
  async reconnect(): Promise<void> {
    const root = await this.world.ports.people.get(personName('root'));
    if (!root) throw new Error('root is gone');
    this.connections += 1;
    this.found += this.there.requests.size;
    await this.introduce(root);
    await this.told();
  }

  /** @returns what is left to be done by hand. */
  async disconnect({ abandon = false } = {}): Promise<readonly string[]> {
    const root = await this.world.ports.people.get(personName('root'));
    if (!root) throw new Error('root is gone');
    const { ports, remotes } = this.world;
    return new DisconnectRepository({ ...ports, settings: { publicUrl: this.place.hooks.url } }, remotes).run({ id: this.id, abandon }, root);
  }

  /** What people do there has been told, and everything that follows is done. */
  async told(): Promise<void> {
    await this.double.deliveries.settled();
    await this.workOff();
    await this.double.deliveries.settled();
    await this.workOff();
  }

  /** A sweep: nobody told of anything. */
  async swept(): Promise<void> {
    this.looks += 1;
    await this.settle();
  }

  /** Somebody reviews the request of a promotion on the forge. */
  async review(application: string, target: string, login: string, { state = 'approved', body = '' }: { readonly state?: 'approved' | 'rejected'; readonly body?: string } = {}): Promise<void> {
    const change = (await this.current(application, target))?.change;
    const request = this.there.requests.get(change?.number ?? 0);
    if (!request) throw new Error(`there is no request of ${application} into ${target}`);
    this.there.review(request, { state, body }, this.double.accounts.add(login));
    await this.told();
  }

  /** The forge's own tests, or tools beside it, tell of a commit. */
  async reportCheck(status: Parameters<DoubleRepository['setStatus']>[0]): Promise<void> {
    this.reports += 1;
    this.there.setStatus(status, this.double.accounts.add('ci'));
    await this.told();
  }

  /** Somebody lets a request point at another branch, on the forge: it is looked at for that. */
  async retarget(request: StoredRequest, target: string): Promise<void> {
    this.looks += 1;
    this.there.edit(request, { target }, this.double.accounts.add('eve'));
    await this.told();
  }

  /** Somebody puts an environment's branch back. */
  async restore(environment: string): Promise<void> {
    await new RestoreEnvironment(this.world.ports).run({ repository: this.id, environment: environmentName(environment), person: personName('root'), reason: '' });
    await this.told();
  }

  /** What `sluice why` says of the repository as a whole. */
  async notices(): Promise<readonly string[]> {
    return (await new ReadWhy(this.world.ports, this.world.ports.clock).run({ repository: this.id })).notices.map(({ message }) => message);
  }

  /** Time passes, and then everything is looked at. */
  async later(duration: string): Promise<void> {
    this.looks += 1;
    await this.world.setClock(new Date(this.world.ports.clock() + (parseDuration(duration) ?? 0)).toISOString());
    await this.settle();
    await this.told();
  }

  /** What was decided about a promotion's content. */
  approvalsOf(promotion: Promotion | undefined): Promise<readonly Approval[]> {
    return promotion ? this.world.ports.approvals.of(this.id, promotion.candidate.digest) : Promise.resolve([]);
  }

  /** What was written down about this repository. */
  async events(): Promise<readonly DomainEvent[]> {
    const { events } = await this.world.ports.events.after(undefined, 1_000);
    return events.filter(({ repository }) => repository === this.id);
  }

  /** Somebody merges a request there, past Sluice. */
  async mergeThere({ number, head }: { readonly number: number; readonly head: CommitSha }, login: string): Promise<void> {
    const { double } = this;
    const response = await this.kind.merge({ double, path: this.there.path, number, head }, this.kind.gitToken(double, login));
    if (!response.ok) throw new Error(`${login} cannot merge: ${await response.text()}`);
    await this.told();
  }

  /** An admin says whose a login there is. */
  async link(login: string, person: string): Promise<void> {
    const root = await this.world.ports.people.get(personName('root'));
    if (!root) throw new Error('root is gone');
    await new LinkAccounts(this.world.ports).link({ credential: `on-${this.id}`, login, person: personName(person) }, root);
  }

  /** A token that somebody makes there. */
  tokenOf(login: string): string {
    return this.kind.gitToken(this.double, login);
  }

  /** Somebody links an account there as their own, with a token of it. */
  async linkOwn(person: string, token: string): Promise<StoredAccount> {
    const { ports, remotes, sealer } = this.world;
    return new LinkOwnAccount({ ...ports, sealer }, remotes).withToken({ credential: `on-${this.id}`, token }, await this.person(person));
  }

  async unlinkOwn(person: string): Promise<void> {
    const { ports, remotes, sealer } = this.world;
    await new LinkOwnAccount({ ...ports, sealer }, remotes).unlink(`on-${this.id}`, await this.person(person));
  }

  /** Somebody allows it there, in a browser in which they are signed in as a login. */
  async allow(person: string, login: string): Promise<StoredAccount> {
    const { ports, remotes, sealer } = this.world;
    const root = await this.person('root');
    const [credential, redirectUri] = [`on-${this.id}`, `${ports.settings.publicUrl}/forge-accounts/callback`];
    const { id, secret } = this.double.oauth.register({ id: 'client-of-sluice', secret: 'secret-of-the-client', redirectUri });
    await new ManageOauthClients({ ...ports, sealer }, remotes).save({ credential, id, secret }, root);
    this.double.accounts.add(login);
    this.double.oauth.signedIn = login;
    const authorize = new AuthorizeAccount({ ...ports, sealer }, remotes, new LinkOwnAccount({ ...ports, sealer }, remotes));
    const { url, browserSecret } = await authorize.begin({ credential, redirectUri }, await this.person(person));
    const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '');
    return authorize.finish({ state: back.searchParams.get('state') ?? undefined, code: back.searchParams.get('code') ?? undefined }, browserSecret, redirectUri);
  }

  /** Reviews of a request by accounts there that decide something, as the forge has them. */
  reviewsOf(number: number): readonly string[] {
    return this.there.reviews.filter(({ request, state }) => request === number && state !== 'commented').map(({ by, state }) => `${by.login} ${state}`);
  }

  /** What `sluice approvals` says of how decisions stand there. */
  async written(application: string, environment: string): Promise<readonly string[]> {
    const { items } = await new ReadApprovals(this.world.ports).run({ repository: this.id, application: applicationName(application), environment: environmentName(environment) });
    return items.map(({ person, written }) => `${person} ${JSON.stringify(written)}`);
  }

  private async person(name: string): Promise<Person> {
    const person = await this.world.ports.people.get(personName(name));
    if (!person) throw new Error(`${name} is gone`);
    return person;
  }

  /** Webhooks are lost from now on, or come again. */
  deaf(isDeaf: boolean): void {
    this.place.hooks.isDeaf = isDeaf;
  }

  /** Somebody takes the token of Sluice's account away. @returns what it was. */
  revoke(): string {
    const token = this.kind.grant(this.double);
    this.double.accounts.revoke(token);
    return token;
  }

  /** `sluice credential rotate` with a token that somebody has made there. */
  async rotate(): Promise<void> {
    const { ports, remotes, sealer } = this.world;
    const root = await ports.people.get(personName('root'));
    if (!root) throw new Error('root is gone');
    await new ManageCredentials({ ...ports, sealer }, remotes).rotate(`on-${this.id}`, { kind: 'token', token: this.kind.grant(this.double) }, root);
    await this.told();
  }

  /** Calls of the API since the last time. */
  callsSince(): readonly string[] {
    return this.taken()
      .filter(({ method }) => method !== 'git')
      .map(({ method, route }) => `${method} ${route}`);
  }

  /** How often Sluice has asked for the branches since the last time: as `git ls-remote` does, or the beginning of a fetch. */
  branchesAsked(): number {
    return this.taken().filter(({ method, path, login }) => method === 'git' && login === SLUICE_BOT && path.includes('/info/refs?service=git-upload-pack')).length;
  }

  /** What the scenario has cost, and what it may; not where something went wrong on purpose: then it is tried again. */
  budget(): { readonly calls: number; readonly allowed: number } | undefined {
    this.taken();
    return this.double.faults.injected > 0 ? undefined : { calls: this.spent, allowed: allowance({ there: this.there, connections: this.connections, found: this.found, looks: this.looks, reports: this.reports }) };
  }

  private taken(): readonly SeenCall[] {
    const calls = this.double.log.calls();
    this.double.log.clear();
    this.spent += calls.filter(({ method, login }) => method !== 'git' && login === SLUICE_BOT).length;
    return calls;
  }

  /** As a worker does it: what cannot be done now is done later. */
  override async work(target: WakeTarget): Promise<void> {
    try {
      await super.work(target);
      await this.refusals.done(target);
    } catch (error) {
      const told = await this.refusals.failed(target, error);
      if (told && !told.known) this.warnings.push(`${told.credential}: ${told.message}`);
      if (told === undefined && !(error instanceof Unavailable)) throw error;
      const { wakes } = this.world.store;
      const key = wakeKey(target);
      await wakes.setTimer(`retry:${key}`, target, instant(error instanceof Busy ? error.until : this.world.ports.clock() + RETRY));
      const pending = await wakes.pending(key);
      if (pending) await wakes.settle(key, pending.revision);
    }
  }

  protected override async pushed(): Promise<void> {
    await this.double.deliveries.settled();
  }

  async stop(): Promise<void> {
    await this.place.hooks.close();
    await this.double.stop();
  }

  /** Credential, repository, webhook and people. */
  private async introduce(root: Person): Promise<Connected> {
    const { ports, remotes, sealer } = this.world;
    const all = { ...ports, sealer };
    const credential = `on-${this.id}`;
    if (!(await ports.forges.credential(credential))) await new ManageCredentials(all, remotes).add({ name: credential, kind: this.kind.kind, url: this.double.url, secret: { kind: 'token', token: this.kind.grant(this.double) } }, root);
    for (const login of ['ada', 'bob', 'grace', 'eve', 'sam']) await new LinkAccounts(all).link({ credential, login, person: personName(login) }, root);
    const rebuild = new RebuildRepository({ ...ports, host: { list: async () => [] } });
    const connect = new ConnectRepository({ ...all, settings: { publicUrl: this.place.hooks.url } }, remotes, rebuild);
    return connect.run({ id: this.id, credential, path: this.there.path, hook: true }, root);
  }

  protected override credentialOf(person: string): { readonly username: string; readonly password: string } {
    return { username: person, password: this.kind.gitToken(this.double, person) };
  }
}

/** The server's address for webhooks, in front of the use case. */
class Hooks {
  isDeaf = false;

  private constructor(private readonly server: Server) {}

  static async listen({ ports, remotes, sealer }: World): Promise<Hooks> {
    const accept = new AcceptWebhook({ ...ports, sealer }, remotes);
    const hooks: Hooks = new Hooks(
      createServer((request, response) => {
        const repository = repositoryId((request.url ?? '').split('/').at(-1) ?? '');
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
        const answer = async (): Promise<number> => {
          const body = await buffer(request);
          if (hooks.isDeaf) return 503;
          return accept.run(repository, { headers, body }).then(() => 202, (error: unknown) => (error instanceof SluiceError ? 400 : 500));
        };
        void answer().then((status) => response.writeHead(status).end());
      }),
    );
    await new Promise<void>((resolve) => hooks.server.listen(0, '127.0.0.1', resolve));
    return hooks;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
