import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API, pathOf, type Route, type RouteName } from '@sluice/contracts';
import { createMirrors } from '@sluice/git';
import { applicationName, clusterName, commitSha, environmentName, instant, repositoryId, SCOPES, type CommitSha } from '@sluice/kernel';
import { createUntrustedReader } from '@sluice/sandbox';
import type { Services } from '@sluice/testing';
import { hashSecret, ObserveRepository } from '@sluice/usecases';
import type { OpenReaders } from '../compose/assemble-ports.js';
import { joinToken, TestAgent } from '../test-agent.fixture.js';
import { startTestServer, type TestServer } from '../test-server.fixture.js';
import { DatabaseState } from './database-state.fixture.js';
import type { Known } from './values.fixture.js';

const run = promisify(execFile);
const SHOP = repositoryId('shop');
const ROLES = { viewer: ['viewer', 'cart', 'prod'], 'approver-elsewhere': ['approver', 'other', 'qa'], 'promoter-elsewhere': ['promoter', 'other', 'prod'] } as const;
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - { name: dev }
    - { name: qa, from: [dev], merge: manual }
    - name: prod
      from: [qa]
      merge: manual
      approvals: { required: 1, from: ["*"] }
      emergency: { required: 1, from: [person:ada] }
      gates:
        - { name: board, type: manual, from: [person:ada] }
  applications:
    - { name: cart, paths: ["apps/cart/**"] }
    - { name: checkout, paths: ["apps/checkout/**"] }
    - { name: other, paths: ["apps/other/**"] }
  roles:
${Object.entries(ROLES).map(([who, [role, application, environment]]) => `    - { role: ${role}, who: [person:${who}], applications: [${application}], environments: [${environment}] }`).join('\n')}
`;

const realReaders: OpenReaders = (settings, access) => {
  const mirrors = createMirrors({ folder: join(settings.dataFolder, 'mirrors'), access, allowLocal: true, lock: async () => ({ release: async () => undefined }) });
  const reader = createUntrustedReader();
  return { mirrors, reader, closings: [{ name: 'reader', close: () => reader.close() }, { name: 'mirrors', close: () => mirrors.close() }] };
};

/** Somebody who calls, with what they show. */
export interface Caller {
  readonly name: string;
  readonly kind: 'nobody' | 'person' | 'service' | 'admin' | 'agent';
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
}

/** A server with something of everything in it, and everybody who may call it. */
export interface World {
  readonly server: TestServer;
  readonly callers: readonly Caller[];
  readonly known: Known;
  readonly secrets: ReadonlyMap<string, string>;
  readonly database: DatabaseState;
  /** Every ref of every repository, with where it points. */
  refs(): Promise<string>;
  stop(): Promise<void>;
}

export async function openWorld(services: Extract<Services, { kind: 'postgres+redis' }>): Promise<World> {
  const dashboard = await someDashboard();
  const environment = { SLUICE_DASHBOARD: join(dashboard, 'dist'), SLUICE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), SLUICE_RATE_LIMIT: '1000000', SLUICE_TRUST_PROXY: 'true' };
  const server = await startTestServer(services, { openReaders: realReaders, environment });
  const database = await DatabaseState.of(services.databaseUrl);
  const seeded = await new Seeding(server).all();
  const folder = join(server.dataFolder, 'repositories');
  return {
    server,
    database,
    ...seeded,
    secrets: new Map([...seeded.secrets, ['a file beside the dashboard', BESIDE], ['the encryption key', environment.SLUICE_ENCRYPTION_KEY], ['the data folder', server.dataFolder], ['the database’s address', services.databaseUrl], ['Redis’s address', services.redis.url]]),
    refs: () => refsBelow(folder),
    stop: async () => {
      await database.close();
      await server.stop();
      await rm(dashboard, { recursive: true, force: true });
    },
  };
}

/** Puts into a server, over its own API where it has one, something for every route to find. */
class Seeding {
  private readonly secrets = new Map<string, string>();
  private readonly tokens = new Map<string, string>();

  constructor(private readonly server: TestServer) {}

  async all(): Promise<Pick<World, 'callers' | 'known' | 'secrets'>> {
    await this.#people();
    const head = await this.#repository();
    const agent = await this.#fleet(head);
    const promotion = await this.#promotions();
    const others = await this.#others();
    const session = await this.#session();
    this.#secret('the token of the admin', this.server.adminToken);
    return { callers: this.#callers(session, agent), known: this.#known(head, promotion, others), secrets: this.secrets };
  }

  #secret(name: string, secret: string): void {
    this.secrets.set(name, secret).set(`the hash of ${name}`, hashSecret(secret));
  }

  async #call<Name extends RouteName>(name: Name, params: Readonly<Record<string, string | number>>, body?: unknown, token = this.server.adminToken): Promise<Readonly<Record<string, string>>> {
    const route: Route = API[name];
    const answer = await this.server.call(route.method, pathOf(route, params), { token, ...(body !== undefined && { body }) });
    if (answer.status >= 300) throw new Error(`${name}: ${JSON.stringify(answer.body)}`);
    return answer.body as Readonly<Record<string, string>>;
  }

  async #people(): Promise<void> {
    const wanted: { name: string; service: boolean; tokens: readonly (readonly [string, readonly string[] | undefined])[] }[] = [...Object.keys(ROLES), 'nobody-here'].map((name) => ({ name, service: false, tokens: [[name, undefined]] }));
    // whoever holds a right may end it: nobody who calls
    wanted.push({ name: 'deputy', service: false, tokens: [] });
    const services = [{ name: 'robot', service: true, tokens: SCOPES.map((scope) => [`robot:${scope}`, [scope]] as const) }];
    for (const { name, service, tokens } of [...wanted, ...services]) {
      await this.#call('savePerson', {}, { name, displayName: name, service });
      for (const [label, scopes] of tokens) {
        const { token = '' } = await this.#call('createTokenFor', { person: name }, { label: 'api', scopes });
        this.tokens.set(label, token);
        this.#secret(`the token of ${label}`, token);
      }
    }
    const { token = '' } = await this.#call('createOwnToken', {}, { label: 'limited', scopes: ['read'] });
    this.tokens.set('limited', token);
    this.#secret('the limited token of the admin', token);
  }

  async #repository(): Promise<CommitSha> {
    await this.#call('createRepository', {}, { id: SHOP });
    const folder = await mkdtemp(join(tmpdir(), 'sluice-fuzz-'));
    const git = async (...argv: string[]) => (await run('git', argv, { cwd: folder, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_AUTHOR_NAME: 'Bob', GIT_AUTHOR_EMAIL: 'bob@example.org', GIT_COMMITTER_NAME: 'Bob', GIT_COMMITTER_EMAIL: 'bob@example.org' } })).stdout.trim();
    const commit = async (files: Readonly<Record<string, string>>) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(join(folder, path, '..'), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      await git('add', '.');
      await git('commit', '--quiet', '--message', 'write');
    };
    await git('init', '--quiet', '--initial-branch=main', '.');
    await commit({ 'sluice.yaml': PIPELINE, 'apps/cart/app.yaml': configMap('cart', 1), 'apps/checkout/app.yaml': configMap('checkout', 1) });
    const remote = `${this.server.url.replace('//', `//any:${this.server.adminToken}@`)}/git/shop.git`;
    await git('push', '--quiet', remote, 'main', 'main:prod', 'main:qa');
    await git('checkout', '--quiet', '-b', 'topic');
    await commit({ 'apps/cart/app.yaml': configMap('cart', 2) });
    await git('push', '--quiet', remote, 'topic:dev', 'topic');
    const head = commitSha(await git('rev-parse', 'HEAD'));
    await rm(folder, { recursive: true, force: true });
    await this.server.server.app.get(ObserveRepository).run(SHOP);
    return head;
  }

  async #fleet(head: CommitSha): Promise<TestAgent> {
    const place = { cluster: 'dev-eu', repository: SHOP, environment: 'dev' };
    const agent = await TestAgent.enrol(this.server, place);
    this.#secret('a join token', await joinToken(this.server, { ...place, cluster: 'dev-us' }));
    const now = instant(Date.now());
    const test = { repository: SHOP, environment: environmentName('dev'), application: applicationName('cart'), commit: head };
    await this.server.ports.testRuns.order({ id: 'dev-cart-smoke-1', subject: 'dev-cart-smoke', number: 1, ...test, test: { name: 'smoke', command: ['x'], timeout: 60_000 }, state: 'running', orderedAt: now, cluster: clusterName('dev-eu'), take: 1, takenAt: now, leaseUntil: instant(now + 3_600_000), lost: 0, message: '', version: 1 });
    await this.server.ports.rollouts.save({ repository: SHOP, environment: environmentName('qa'), id: 'qa-cart-1', state: 'running', waves: [{ clusters: {}, soak: 0 }], head, base: head, wave: 0, since: now, promotions: [], assigned: {}, healthyBefore: {}, faults: [], startedAt: now, revision: 1, version: 0 });
    return agent;
  }

  async #promotions(): Promise<{ readonly id: string; readonly digest: string }> {
    await this.#call('promote', {}, { repository: SHOP, application: 'cart', environment: 'qa', reason: 'now' });
    const [promotion] = (await this.#call('promotions', {}))['items'] as unknown as readonly { readonly id: string; readonly digest: string }[];
    if (!promotion) throw new Error('nothing was opened');
    return promotion;
  }

  /** Ids that the server makes itself. */
  async #others(): Promise<Readonly<Record<string, string>>> {
    const { id: binding = '' } = await this.#call('grantRole', {}, { role: 'viewer', who: 'person:viewer', repositories: 'elsewhere', reason: 'x' });
    await this.#call('freeze', { repository: SHOP }, { environment: 'prod', application: 'checkout', untilLifted: true, reason: 'x' });
    const { id: right = '' } = await this.#call('delegate', { repository: SHOP }, { to: 'deputy', environment: 'qa', application: 'checkout', reason: 'x', forSeconds: 3_600 });
    await this.#call('addCredential', {}, { name: 'work', kind: 'gitea', url: 'http://127.0.0.1:9', secret: { kind: 'token', token: 'very-secret-token-of-work' } });
    this.#secret('the secret of a credential', 'very-secret-token-of-work');
    await this.#call('linkAccount', {}, { credential: 'work', login: 'octocat', person: 'viewer' });
    await this.#call('addIdentity', {}, { issuer: 'https://id.example.org', subject: '17', person: 'viewer' });
    await this.#call('createChange', { repository: SHOP }, { title: 'A change', sourceBranch: 'topic', targetBranch: 'main' });
    await this.#call('putBotNote', {}, { key: 'message:1', value: 'x' }, this.tokens.get('robot:slack'));
    await this.#call('createSlackCode', {});
    await this.#call('signAudit', {}, {});
    const { items } = await this.#call('tokens', {}) as unknown as { readonly items: readonly { readonly id: string }[] };
    return { binding, right, token: items[0]?.id ?? '' };
  }

  async #session(): Promise<string> {
    const link = await this.#call('createLoginLink', {}, {});
    const { headers } = await this.server.call('POST', API.signIn.path, { body: { secret: new URL(link['url'] ?? '').hash.slice(1) } });
    const session = (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    this.#secret('the session of the admin', session.slice(session.indexOf('=') + 1));
    return session;
  }

  #callers(session: string, agent: TestAgent): readonly Caller[] {
    const bearer = (token: string) => () => Promise.resolve({ authorization: `Bearer ${token}` });
    const byToken = (name: string, kind: Caller['kind']): Caller => ({ name, kind, headers: bearer(this.tokens.get(name) ?? '') });
    return [
      { name: 'nobody', kind: 'nobody', headers: () => Promise.resolve({}) },
      { name: 'a wrong token', kind: 'nobody', headers: bearer(`slt_${'x'.repeat(43)}`) },
      { name: 'a wrong session', kind: 'nobody', headers: () => Promise.resolve({ cookie: `sluice=${'x'.repeat(43)}`, origin: this.server.url }) },
      ...[...Object.keys(ROLES), 'nobody-here'].map((name) => byToken(name, 'person')),
      ...SCOPES.map((scope) => byToken(`robot:${scope}`, 'service')),
      { name: 'the admin with a token that only reads', kind: 'service', headers: bearer(this.tokens.get('limited') ?? '') },
      { name: 'the admin', kind: 'admin', headers: bearer(this.server.adminToken) },
      { name: 'the admin in a browser', kind: 'admin', headers: () => Promise.resolve({ cookie: session, origin: this.server.url }) },
      { name: 'an agent', kind: 'agent', headers: async () => ({ authorization: `Bearer ${await agent.token()}` }) },
    ];
  }

  #known(head: CommitSha, promotion: { readonly id: string; readonly digest: string }, others: Readonly<Record<string, string>>): Known {
    const names = { repository: ['shop', 'shop', 'nowhere'], application: ['cart', 'checkout'], environment: ['qa', 'prod', 'dev'], cluster: ['dev-eu', 'dev-us'], person: ['viewer', 'nobody-here', 'ghost'] };
    const ids = { promotion: [promotion.id], digest: [promotion.digest, 'f'.repeat(64)], commit: [head, 'a'.repeat(40)], expectedHead: [head], run: ['dev-cart-smoke-1', 'a'.repeat(16)], credential: ['work', 'none'], login: ['octocat'], session: ['none'], team: ['T024BE7LH'], user: ['U024BE7LH'], teamId: ['T024BE7LH'], userId: ['U024BE7LH'] };
    const free = { id: ['shop', 'fresh'], name: ['viewer', 'fresh', 'work'], to: ['viewer', promotion.id], gate: ['board', 'approvals'], who: ['person:viewer', 'everybody', 'group:sre'], url: ['http://127.0.0.1:9'], issuer: ['https://id.example.org'], subject: ['17', '18'], path: ['acme/shop'], revision: ['dev', head], sourceBranch: ['topic', 'dev'], targetBranch: ['main', 'nowhere'], configBranch: ['main'], key: ['message:1'], challenge: ['A'.repeat(43)] };
    return { ...names, ...ids, ...free, ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, [value, 'none']])) };
  }
}

const BESIDE = 'what is not served';

async function someDashboard(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-dashboard-'));
  await mkdir(join(folder, 'dist', 'assets'), { recursive: true });
  for (const [path, text] of Object.entries({ 'dist/index.html': '<!doctype html><title>Sluice</title>', 'dist/assets/app-1.js': '1', 'secret.txt': BESIDE })) await writeFile(join(folder, path), text);
  return folder;
}

function configMap(name: string, value: number): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { value: "${value}" }\n`;
}

async function refsBelow(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const entry of (await readdir(folder, { recursive: true, withFileTypes: true })).toSorted((one, other) => `${one.parentPath}/${one.name}`.localeCompare(`${other.parentPath}/${other.name}`))) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !(/\/refs\//.test(path) || ['HEAD', 'packed-refs'].includes(entry.name))) continue;
    hash.update(`${path}\0${await readFile(path, 'utf8')}\0`);
  }
  return hash.digest('hex');
}
