import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AuditEntry } from '@sluice/audit';
import { API, pathOf, type Route, type RouteName } from '@sluice/contracts';
import { createMirrors } from '@sluice/git';
import { applicationName, clusterName, commitSha, digest, environmentName, instant, objectSha, promotionId, repositoryId, type CommitSha } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import { createUntrustedReader } from '@sluice/sandbox';
import { ObserveRepository } from '@sluice/usecases';
import type { OpenReaders } from './compose/assemble-ports.js';
import { joinToken, TestAgent } from './test-agent.fixture.js';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type Answer, type TestServer } from './test-server.fixture.js';

const run = promisify(execFile);

type Writing = { [Name in RouteName]: (typeof API)[Name]['method'] extends 'GET' ? never : Name }[RouteName];

/** Routes that take something and write nothing that an auditor asks about, and why. */
const UNRECORDED = {
  plan: 'only reads',
  planKnown: 'only reads',
  planContent: 'only reads: what is sent is gone afterwards',
  agentReport: 'what an agent sees, not what anybody did; the newest is kept',
  agentHeartbeat: 'a sign of life',
  putBotNote: 'what the bot remembers of its messages',
  removeBotNote: 'the same',
  settleSlackNotification: 'how posting a message went',
  agentAcknowledge: 'an agent has seen a command',
  agentTakeTest: 'who runs a test is said with its result',
  signAudit: 'the signed head is the record; an entry would be the first that it does not cover',
} as const satisfies Partial<Record<Writing, string>>;

/** Routes that need more than a server: a forge over the network, clusters, or a history of promotions. What they leave is told where that is. */
const ELSEWHERE = {
  connectRepository: 'scenarios/forges/a-change-goes-to-production-there',
  disconnectRepository: 'scenarios/forges/a-repository-is-disconnected',
  linkOwnAccount: 'scenarios/forges/an-approval-is-ones-own-review-there',
  unlinkOwnAccount: 'scenarios/forges/an-approval-is-ones-own-review-there',
  rollback: 'scenarios/audit/who-has-done-what',
  acceptDirect: 'scenarios/audit/who-has-done-what',
  abortRollout: 'scenarios/waves/people-abort-a-rollout',
  captureDrift: 'scenarios/drift/a-cluster-differs-from-its-branch',
} as const satisfies Partial<Record<Writing, string>>;

type Recorded = Exclude<Writing, keyof typeof UNRECORDED | keyof typeof ELSEWHERE>;

interface Step {
  readonly call: () => Promise<Answer>;
  /** Whose entries it leaves: `ada`, unless it says otherwise. */
  readonly who?: string;
  /** The actions that it leaves, with what each says. */
  readonly leaves: Readonly<Record<string, object>>;
}

const SHOP = repositoryId('shop');
const DIGEST = digest('d'.repeat(64));
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - { name: dev }
    - name: qa
      from: [dev]
      merge: manual
      approvals: { required: 1, from: ["*"] }
      emergency: { required: 1, from: [person:ada] }
      gates:
        - { name: board, type: manual, from: [person:ada] }
        - { name: unit, type: check, context: ci/test }
  applications:
${['cart', 'one', 'two', 'three', 'four', 'five'].map((name) => `    - { name: ${name}, paths: ["apps/${name}/**"] }`).join('\n')}
`;

const realReaders: OpenReaders = (settings, access) => {
  const mirrors = createMirrors({ folder: join(settings.dataFolder, 'mirrors'), access, allowLocal: true, lock: async () => ({ release: async () => undefined }) });
  const reader = createUntrustedReader();
  return { mirrors, reader, closings: [{ name: 'reader', close: () => reader.close() }, { name: 'mirrors', close: () => mirrors.close() }] };
};

describe('every route that writes leaves in the audit what it did', () => {
  let server: TestServer;
  let folder: string;
  let agent: TestAgent;
  let head: CommitSha;
  let botToken: string;
  let change: { readonly number: number; readonly head: string };

  const git = async (...argv: string[]) => (await run('git', argv, { cwd: folder, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_AUTHOR_NAME: 'Bob', GIT_AUTHOR_EMAIL: 'bob@example.org', GIT_COMMITTER_NAME: 'Bob', GIT_COMMITTER_EMAIL: 'bob@example.org' } })).stdout.trim();
  const remote = () => `${server.url.replace('//', `//any:${server.adminToken}@`)}/git/shop.git`;
  const commit = async (path: string, text: string) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
    await git('add', '.');
    await git('commit', '--quiet', '--message', `write ${path}`);
  };
  const call = (route: (typeof API)[RouteName], params: Readonly<Record<string, string | number>>, body?: unknown) => server.call(route.method, pathOf(route, params), { token: server.adminToken, ...(body !== undefined && { body }) });
  const post = (name: RouteName, params: Readonly<Record<string, string | number>>, body: unknown = {}) => () => call(API[name], params, body);
  const entriesAfter = async (sequence: number): Promise<readonly AuditEntry[]> => (await server.ports.auditStore.after(sequence, 100)).map(({ entry }) => JSON.parse(entry) as AuditEntry);
  const loginLink = async () => new URL(API.createLoginLink.reply.parse((await call(API.createLoginLink, {}, {})).body).url).hash.slice(1);
  const insert = async (application: string, fields: Partial<Promotion> = {}): Promise<void> => {
    const now = instant(Date.now());
    const candidate = { kind: 'change', source: head, origin: head, digest: DIGEST, head, onto: head, targetContent: objectSha('0'.repeat(40)), resultContent: objectSha('0'.repeat(40)), inputsKey: 'k', fingerprint: digest('e'.repeat(64)), notes: [], changedPaths: [] } as const;
    const verdict = { gate: 'unit', type: 'check', outcome: 'wait', message: 'no status yet', since: now, evidence: {} } as const;
    await server.ports.promotions.insert({ id: promotionId(`qa-${application}-1`), repository: SHOP, application: applicationName(application), from: environmentName('dev'), target: environmentName('qa'), state: 'open', attempt: 0, candidate, authors: [], verdicts: [verdict], timeline: [], createdAt: now, updatedAt: now, version: 1, ...fields });
  };

  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED, { openReaders: realReaders, environment: { SLUICE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') } });
    folder = await mkdtemp(join(tmpdir(), 'sluice-audit-routes-'));
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const inShop = { repository: 'shop' };
  const ofQa = { ...inShop, environment: 'qa' };
  const promotion = (application: string) => ({ ...inShop, promotion: `qa-${application}-1` });
  const decided = (application: string, action: string, after: object) => ({ [action]: { place: { repository: 'shop', environment: 'qa', application, promotion: `qa-${application}-1` }, before: { state: 'open' }, after } });

  // in an order in which each can succeed
  const STEPS: Readonly<Record<Recorded, Step>> = {
    createLoginLink: { call: post('createLoginLink', {}), leaves: { 'login-link.create': { door: 'api', place: { person: 'ada' }, after: { kind: 'login-link' } } } },
    signIn: { call: async () => server.call('POST', API.signIn.path, { body: { secret: await loginLink() } }), leaves: { 'login-link.create': {}, 'session.start': { door: 'dashboard', after: { kind: 'session' } } } },
    createToken: { call: async () => server.call('POST', API.createToken.path, { body: { secret: await loginLink(), label: 'cli' } }), leaves: { 'login-link.create': {}, 'token.create': { door: 'cli', place: { person: 'ada' }, after: { kind: 'token', label: 'cli' } } } },
    savePerson: { call: post('savePerson', {}, { name: 'grace', displayName: 'Grace', groups: ['sre'] }), leaves: { 'person.save': { place: { person: 'grace' }, after: { displayName: 'Grace', emails: [], groups: ['sre'], admin: false } } } },
    createTokenFor: { call: post('createTokenFor', { person: 'grace' }, { label: 'ci' }), leaves: { 'token.create': { place: { person: 'grace' }, after: { label: 'ci' } } } },
    deactivatePerson: { call: post('deactivatePerson', { person: 'grace' }, { reason: 'has left' }), leaves: { 'person.deactivate': { place: { person: 'grace' }, before: { groups: ['sre'], admin: false, tokens: [{ label: 'ci' }] }, after: { deactivated: true }, why: 'has left' } } },
    reactivatePerson: { call: () => call(API.reactivatePerson, { person: 'grace' }), leaves: { 'person.reactivate': { place: { person: 'grace' }, before: { groups: ['sre'], admin: false } } } },
    revokeToken: {
      who: 'grace',
      call: async () => server.call('DELETE', API.revokeToken.path, { token: API.createTokenFor.reply.parse((await call(API.createTokenFor, { person: 'grace' }, {})).body).token }),
      leaves: { 'token.revoke': { place: { person: 'grace' }, before: { kind: 'token', label: 'api' } } },
    },
    signOut: {
      call: async () => {
        const { headers } = await server.call('POST', API.signIn.path, { body: { secret: await loginLink() } });
        return server.call('DELETE', API.signOut.path, { headers: { cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '', origin: server.url } });
      },
      leaves: { 'login-link.create': {}, 'session.start': {}, 'session.end': { door: 'dashboard', place: { person: 'ada' } } },
    },
    createLoginCode: { call: post('createLoginCode', {}, { challenge: 'A'.repeat(43) }), leaves: { 'login-code.create': { place: { person: 'ada' }, after: { kind: 'login-code' } } } },
    createOwnToken: { call: post('createOwnToken', {}, { label: 'mine', scopes: ['read'] }), leaves: { 'token.create': { place: { person: 'ada' }, after: { label: 'mine', scopes: ['read'] } } } },
    revokeOneToken: {
      call: async () => {
        const { items } = API.tokens.reply.parse((await call(API.tokens, {})).body);
        return call(API.revokeOneToken, { token: items.find(({ label }) => label === 'mine')?.id ?? '' });
      },
      leaves: { 'token.revoke': { place: { person: 'ada' }, before: { label: 'mine' } } },
    },
    endSession: {
      call: async () => {
        await server.call('POST', API.signIn.path, { body: { secret: await loginLink() } });
        const { items } = API.sessions.reply.parse((await call(API.sessions, {})).body);
        return call(API.endSession, { session: items.at(-1)?.id ?? '' });
      },
      leaves: { 'login-link.create': {}, 'session.start': {}, 'session.end': { door: 'api', place: { person: 'ada' } } },
    },
    addIdentity: { call: post('addIdentity', {}, { issuer: 'https://id.example.org', subject: '17', person: 'grace' }), leaves: { 'identity.link': { place: { person: 'grace' }, after: { issuer: 'https://id.example.org', subject: '17' } } } },
    removeIdentity: { call: post('removeIdentity', {}, { issuer: 'https://id.example.org', subject: '17' }), leaves: { 'identity.unlink': { place: { person: 'grace' }, before: { subject: '17' } } } },
    createSlackCode: { call: post('createSlackCode', {}), leaves: { 'slack-code.create': { place: { person: 'ada' } } } },
    finishSlackLink: {
      who: 'bot',
      call: async () => {
        await call(API.savePerson, {}, { name: 'bot', displayName: 'Bot', service: true });
        botToken = API.createTokenFor.reply.parse((await call(API.createTokenFor, { person: 'bot' }, { scopes: ['slack'] })).body).token;
        const { code } = API.createSlackCode.reply.parse((await call(API.createSlackCode, {})).body);
        return server.call('POST', API.finishSlackLink.path, { token: botToken, body: { teamId: 'T024BE7LH', userId: 'U024BE7LH', code } });
      },
      leaves: { 'slack-account.link': { door: 'slack', place: { person: 'ada' }, after: { team: 'T024BE7LH', user: 'U024BE7LH' } } },
    },
    unlinkSlack: { who: 'bot', call: () => server.call('DELETE', pathOf(API.unlinkSlack, { team: 'T024BE7LH', user: 'U024BE7LH' }), { token: botToken }), leaves: { 'slack-account.unlink': { place: { person: 'ada' }, before: { team: 'T024BE7LH' } } } },
    addCredential: { call: post('addCredential', {}, { name: 'work', kind: 'gitea', url: 'http://127.0.0.1:9', secret: { kind: 'token', token: 'very-secret-token-1' } }), leaves: { 'credential.add': { after: { name: 'work', kind: 'gitea', url: 'http://127.0.0.1:9', signsInBy: 'token' } } } },
    rotateCredential: { call: post('rotateCredential', { credential: 'work' }, { secret: { kind: 'token', token: 'very-secret-token-2' } }), leaves: { 'credential.rotate': { after: { name: 'work' } } } },
    addNotifyEndpoint: { call: post('addNotifyEndpoint', {}, { name: 'hook', url: 'https://hooks.example.org/secret-path' }), leaves: { 'notify.endpoint.add': { after: { name: 'hook', host: 'hooks.example.org' } } } },
    rotateNotifyEndpoint: { call: post('rotateNotifyEndpoint', { endpoint: 'hook' }), leaves: { 'notify.endpoint.rotate': { after: { name: 'hook' } } } },
    testNotification: { call: post('testNotification', {}, { target: 'mail:ops@example.org' }), leaves: { 'notify.test': { after: { target: 'mail:ops@example.org' } } } },
    removeNotifyEndpoint: { call: () => call(API.removeNotifyEndpoint, { endpoint: 'hook' }), leaves: { 'notify.endpoint.remove': { before: { name: 'hook' } } } },
    linkAccount: { call: post('linkAccount', {}, { credential: 'work', login: 'octocat', person: 'grace' }), leaves: { 'account.link': { place: { person: 'grace' }, after: { login: 'octocat', person: 'grace' } } } },
    unlinkAccount: { call: () => call(API.unlinkAccount, { credential: 'work', login: 'octocat' }), leaves: { 'account.unlink': { before: { login: 'octocat', person: 'grace' } } } },
    saveOauthClient: { call: post('saveOauthClient', { credential: 'work' }, { clientId: 'client-1', clientSecret: 'very-secret-token-3' }), leaves: { 'credential.oauth': { after: { credential: 'work', clientId: 'client-1', hasSecret: true } } } },
    removeOauthClient: { call: () => call(API.removeOauthClient, { credential: 'work' }), leaves: { 'credential.oauth-remove': { before: { credential: 'work', clientId: 'client-1' } } } },
    removeCredential: { call: () => call(API.removeCredential, { credential: 'work' }), leaves: { 'credential.remove': { before: { name: 'work', kind: 'gitea', url: 'http://127.0.0.1:9' } } } },
    createRepository: { call: post('createRepository', {}, { id: 'shop' }), leaves: { 'repository.create': { place: { repository: 'shop' }, after: { configBranch: 'main' } } } },
    createChange: {
      call: async () => {
        await git('init', '--quiet', '--initial-branch=main', '.');
        await commit('sluice.yaml', PIPELINE);
        await commit('apps/cart/app.yaml', 'a: 1\n');
        await git('push', '--quiet', remote(), 'main', 'main:qa');
        await git('checkout', '--quiet', '-b', 'topic');
        await commit('apps/cart/app.yaml', 'a: 2\n');
        await git('push', '--quiet', remote(), 'topic:dev', 'topic');
        head = commitSha(await git('rev-parse', 'HEAD'));
        await server.server.app.get(ObserveRepository).run(SHOP);
        const answer = await post('createChange', inShop, { title: 'A change', sourceBranch: 'topic', targetBranch: 'main' })();
        change = API.createChange.reply.parse(answer.body);
        return answer;
      },
      leaves: { 'repository.push': { door: 'forge', place: { repository: 'shop' }, before: { 'refs/heads/main': null } }, 'repository.push 2': { after: {} }, 'change.open': { after: { title: 'A change', sourceBranch: 'topic', targetBranch: 'main' } } },
    },
    updateChange: { call: () => call(API.updateChange, { ...inShop, number: change.number }, { title: 'Better' }), leaves: { 'change.update': { after: { title: 'Better' } } } },
    createReview: { call: () => post('createReview', { ...inShop, number: change.number }, { state: 'commented', commit: change.head, body: 'fine' })(), leaves: { 'review.submit': { after: { state: 'commented' }, why: 'fine' } } },
    createStatus: { call: () => post('createStatus', { ...inShop, commit: head }, { context: 'ci/x', state: 'success' })(), leaves: { 'status.set': { after: { commit: expect.any(String), context: 'ci/x', state: 'success' } } } },
    mergeChange: { call: () => post('mergeChange', { ...inShop, number: change.number }, { expectedHead: change.head })(), leaves: { 'change.merge': { after: { head: expect.any(String) } } } },
    closeChange: {
      call: async () => {
        await git('checkout', '--quiet', '-b', 'other');
        await commit('README.md', 'x\n');
        await git('push', '--quiet', remote(), 'other');
        const opened = API.createChange.reply.parse((await post('createChange', inShop, { title: 'Another', sourceBranch: 'other', targetBranch: 'main' })()).body);
        return post('closeChange', { ...inShop, number: opened.number }, { comment: 'no' })();
      },
      leaves: { 'repository.push': {}, 'change.open': {}, 'change.close': { after: { state: 'closed' }, why: 'no' } },
    },
    rebuild: { call: post('rebuild', {}, { repository: 'shop' }), leaves: { 'repository.rebuild': { place: { repository: 'shop' } } } },
    promote: { call: post('promote', {}, { ...ofQa, application: 'cart', reason: 'now' }), leaves: { 'promotion.request': { place: { repository: 'shop', environment: 'qa', application: 'cart' }, why: 'now' } } },
    approve: { call: async () => (await insert('one'), post('approve', promotion('one'), { digest: DIGEST, comment: 'good' })()), leaves: decided('one', 'promotion.approve', { decision: 'approved', digest: DIGEST }) },
    reject: { call: async () => (await insert('two'), post('reject', promotion('two'), { digest: DIGEST, reason: 'bad' })()), leaves: decided('two', 'promotion.reject', { decision: 'rejected' }) },
    clearGate: { call: async () => (await insert('three'), post('clearGate', promotion('three'), { digest: DIGEST, gate: 'board', reason: 'agreed' })()), leaves: decided('three', 'promotion.clear', { decision: 'cleared', gate: 'board' }) },
    overrideGate: { call: async () => (await insert('four'), post('overrideGate', promotion('four'), { digest: DIGEST, gate: 'unit', reason: 'down' })()), leaves: decided('four', 'promotion.override', { decision: 'overridden', gate: 'unit' }) },
    mergePromotion: { call: async () => (await insert('five', { state: 'ready' }), post('mergePromotion', promotion('five'), { digest: DIGEST })()), leaves: { 'promotion.merge-request': { before: { state: 'ready' }, after: { state: 'merging' } } } },
    freeze: { call: post('freeze', inShop, { environment: 'qa', untilLifted: true, reason: 'incident' }), leaves: { 'freeze.add': { place: { repository: 'shop', environment: 'qa' }, after: { until: null }, why: 'incident' } } },
    liftFreezes: { call: post('liftFreezes', inShop, { environment: 'qa', reason: 'over' }), leaves: { 'freeze.lift': { before: { ids: [expect.any(String)] }, why: 'over' } } },
    createJoinToken: { call: post('createJoinToken', {}, { cluster: 'dev-eu', repository: 'shop', environment: 'dev' }), leaves: { 'join-token.create': { place: { repository: 'shop', environment: 'dev', cluster: 'dev-eu' } } } },
    agentEnrol: {
      who: 'dev-eu',
      call: async () => {
        agent = await TestAgent.withKey(server, 'dev-eu');
        return agent.join(await joinToken(server, { cluster: 'dev-eu', repository: 'shop', environment: 'dev' }));
      },
      leaves: { 'cluster.enrol': { door: 'agent', who: { kind: 'agent', name: 'dev-eu' }, place: { repository: 'shop', environment: 'dev', cluster: 'dev-eu' } } },
    },
    agentTestResult: {
      who: 'dev-eu',
      call: async () => {
        const now = instant(Date.now());
        const place = { repository: SHOP, environment: environmentName('dev'), application: applicationName('cart'), commit: head };
        await server.ports.testRuns.order({ id: 'dev-cart-smoke-1', subject: 'dev-cart-smoke', number: 1, ...place, test: { name: 'smoke', command: ['x'], timeout: 60_000 }, state: 'running', orderedAt: now, cluster: clusterName('dev-eu'), take: 1, takenAt: now, leaseUntil: instant(now + 60_000), lost: 0, message: '', version: 1 });
        await server.ports.clusters.saveLiveness([{ ...place, content: head, cluster: clusterName('dev-eu'), touched: 1, status: 'Current', healthySince: now, message: '' }]);
        return agent.call('POST', pathOf(API.agentTestResult, { run: 'dev-cart-smoke-1' }), { take: 1, outcome: 'exited', exitCode: 1, durationMs: 5, message: '', output: '' });
      },
      leaves: { 'test.result': { before: { state: 'running' }, after: { run: 'dev-cart-smoke-1', test: 'smoke', state: 'failed' } } },
    },
    rerunTests: { call: post('rerunTests', inShop, { application: 'cart', environment: 'dev', reason: 'flaky' }), leaves: { 'test.rerun': { after: { tests: ['smoke'] }, why: 'flaky' } } },
    labelCluster: { call: post('labelCluster', { cluster: 'dev-eu' }, { set: { tier: '1' } }), leaves: { 'cluster.label': { before: {}, after: { tier: '1' } } } },
    acceptCommit: { call: () => post('acceptCommit', { cluster: 'dev-eu' }, { commit: head })(), leaves: { 'cluster.accept': { place: { repository: 'shop', environment: 'dev', cluster: 'dev-eu' } } } },
    revokeCluster: { call: post('revokeCluster', { cluster: 'dev-eu' }), leaves: { 'cluster.revoke': { after: { revoked: true } } } },
    pauseRollout: {
      call: async () => {
        await server.ports.rollouts.save({ repository: SHOP, environment: environmentName('qa'), id: 'qa-cart-1', state: 'running', waves: [{ clusters: {}, soak: 0 }], head, base: head, wave: 0, since: instant(Date.now()), promotions: [], assigned: {}, healthyBefore: {}, faults: [], startedAt: instant(Date.now()), revision: 1, version: 0 });
        return post('pauseRollout', ofQa, { reason: 'look' })();
      },
      leaves: { 'rollout.pause': { place: { repository: 'shop', environment: 'qa' }, after: { rollout: 'qa-cart-1', paused: true, undoing: false }, why: 'look' } },
    },
    continueRollout: { call: post('continueRollout', ofQa, { reason: 'fine' }), leaves: { 'rollout.continue': { after: { paused: false }, why: 'fine' } } },
    delegate: { call: post('delegate', inShop, { to: 'grace', environment: 'qa', reason: 'holidays', forSeconds: 60 }), leaves: { 'delegation.begin': { place: { repository: 'shop', environment: 'qa', person: 'grace' }, why: 'holidays' } } },
    endRight: {
      call: async () => {
        const { items } = API.rights.reply.parse((await call(API.rights, inShop)).body);
        return call(API.endRight, { ...inShop, right: items[0]?.id ?? '' }, { reason: 'back' });
      },
      leaves: { 'delegation.end': { place: { person: 'grace' }, why: 'back' } },
    },
    breakGlass: { call: post('breakGlass', inShop, { environment: 'qa', reason: 'incident 42', forSeconds: 60 }), leaves: { 'break-glass.begin': { place: { repository: 'shop', environment: 'qa', person: 'ada' }, why: 'incident 42' } } },
    grantRole: { call: post('grantRole', {}, { role: 'viewer', who: 'person:grace', repositories: 'elsewhere', reason: 'new here' }), leaves: { 'role.grant': { place: { person: 'grace' }, why: 'new here' } } },
    revokeRole: {
      call: async () => {
        const { items } = API.roles.reply.parse((await call(API.roles, {})).body);
        return call(API.revokeRole, { binding: items[0]?.id ?? '' });
      },
      leaves: { 'role.revoke': { place: { person: 'grace' } } },
    },
    restoreEnvironment: {
      call: async () => {
        await git('push', '--quiet', remote(), ':qa');
        return post('restoreEnvironment', ofQa, { reason: 'by mistake' })();
      },
      leaves: { 'repository.push': { after: { 'refs/heads/qa': null } }, 'environment.restore': { after: { branch: 'qa' }, why: 'by mistake' } },
    },
  };

  it.each(Object.entries(STEPS))('%s', async (_, { call: step, leaves, who = 'ada' }) => {
    const before = (await server.ports.auditStore.end()).sequence;
    const answer = await step();
    expect([answer.status, answer.status < 300 ? undefined : answer.body]).toEqual([answer.status < 300 ? answer.status : 200, undefined]);
    const left = (await entriesAfter(before)).filter((entry) => entry.who.name === who);
    expect(left.map(({ action }) => action)).toEqual(Object.keys(leaves).map((action) => action.replace(/ \d+$/, '')));
    for (const [index, expected] of Object.values(leaves).entries()) expect(left[index]).toMatchObject(expected);
    for (const entry of left) expect(entry.from?.address).toBe('127.0.0.1');
    if (who === 'ada') for (const entry of left.filter(({ door }) => door === 'api')) expect(entry.who.credential).toMatchObject({ kind: 'token', label: 'bootstrap' });
  });

  it('and no route is forgotten', () => {
    const writing = Object.entries<Route>(API).flatMap(([name, { method }]) => (method === 'GET' ? [] : [name]));
    expect([STEPS, UNRECORDED, ELSEWHERE].flatMap(Object.keys).toSorted()).toEqual(writing.toSorted());
  });

  it('and none of it holds a secret', async () => {
    const text = (await server.ports.auditStore.after(0, 1_000)).map(({ entry }) => entry).join('\n');
    expect(text).not.toMatch(/very-secret-token|sl[tslj]_[\w-]{20}/);
    expect(text).not.toContain(server.adminToken);
  });

  it('and a request that is refused leaves nothing', async () => {
    const before = await server.ports.auditStore.end();
    const { token } = API.createTokenFor.reply.parse((await call(API.createTokenFor, { person: 'grace' }, {})).body);
    const after = await server.ports.auditStore.end();
    expect(after.sequence).toBe(before.sequence + 1);
    const refused = [
      await server.call('POST', API.savePerson.path, { token, body: { name: 'eve', displayName: 'Eve' } }),
      await call(API.approve, promotion('one'), { digest: DIGEST }),
      await call(API.approve, promotion('one'), { digest: 'f'.repeat(64) }),
      await call(API.freeze, inShop, { environment: 'nowhere', untilLifted: true, reason: 'x' }),
      await call(API.liftFreezes, inShop, { environment: 'qa' }),
      await call(API.addCredential, {}, { name: 'x', kind: 'gitea', url: 'http://127.0.0.1:9', secret: { kind: 'app', appId: 1, privateKey: 'x' } }),
      await server.call('POST', API.signIn.path, { body: { secret: 'sll_'.padEnd(40, 'x') } }),
    ];
    for (const { status } of refused) expect(status).toBeGreaterThanOrEqual(400);
    expect(await server.ports.auditStore.end()).toEqual(after);
  });

  it('is a chain, which is verified, exported and signed over HTTP, by admins only', async () => {
    const signed = API.signAudit.reply.parse((await call(API.signAudit, {})).body);
    expect(signed).toMatchObject({ told: ['refs/sluice/audit of shop'], notes: [] });
    const verdict = API.verifyAudit.reply.parse((await call(API.verifyAudit, {})).body);
    expect(verdict).toMatchObject({ findings: [], more: 0, notes: [], heads: 1, newestHead: { sequence: verdict.end.sequence, hash: verdict.end.hash } });
    const { token } = API.createTokenFor.reply.parse((await call(API.createTokenFor, { person: 'grace' }, {})).body);
    for (const route of [API.audit, API.auditHeads, API.verifyAudit, API.exportAudit]) expect((await server.call('GET', route.path, { token })).status).toBe(403);
    const lines = String((await call(API.exportAudit, {})).body).trim().split('\n');
    expect(lines).toHaveLength(verdict.end.sequence + 3);
    const page = API.audit.reply.parse((await server.call('GET', `${API.audit.path}?person=grace&limit=1`, { token: server.adminToken })).body);
    expect(page.items[0]?.entry).toMatchObject({ who: { name: 'grace' }, action: 'token.revoke' });
    expect(await server.call('GET', `${API.audit.path}/999999`, { token: server.adminToken })).toMatchObject({ status: 404 });
  });
});
