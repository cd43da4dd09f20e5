import { API, pathOf, problem, type Route } from '@sluice/contracts';
import { ROUTE_ACTIONS, type WritingRoute } from './api/route-actions.js';
import { COMMIT, DIGEST, EVERYBODY, freshToken, giveRight, PROMOTION, resetPromotion, seedRights, type Somebody } from './rights.fixture.js';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from './test-server.fixture.js';

const PARAMETERS = { repository: 'shop', environment: 'prod', promotion: PROMOTION, number: 1, commit: COMMIT, cluster: 'nowhere', person: 'somebody', run: 'a'.repeat(16), credential: 'none', login: 'octocat', binding: 'none', token: 'none', session: 'none', endpoint: 'none' };
/** Of the promotion, in a repository without content. */
const REQUEST = 7;
const DECISION = { digest: DIGEST, reason: 'because', gate: 'look' };
const CART_IN_PROD = { repository: 'shop', application: 'cart', environment: 'prod', reason: 'because' };

const PROMOTERS: readonly Somebody[] = ['promoter of here', 'promoter of everything here', 'approver of here', 'approver of everything here', 'admin'];
const APPROVERS: readonly Somebody[] = ['approver of here', 'approver of everything here', 'admin'];
const OF_EVERYTHING: readonly Somebody[] = ['promoter of everything here', 'approver of everything here', 'admin'];
const WRITERS = EVERYBODY.filter((who) => /^(promoter|approver) of|^admin/.test(who));
const SIGNED_IN = EVERYBODY.filter((who) => who !== 'a stranger');
const ADMINS: readonly Somebody[] = ['admin'];

interface Row {
  readonly may: readonly Somebody[];
  readonly body?: unknown;
  readonly state?: 'open' | 'ready';
  /** It takes the caller's token away. */
  readonly spends?: true;
}

/** Who may do what with cart in prod, written down once more and independently of the table that the use cases ask. */
const MATRIX: Readonly<Record<WritingRoute, Row>> = {
  signOut: { may: SIGNED_IN, spends: true },
  revokeToken: { may: SIGNED_IN, spends: true },
  createLoginLink: { may: SIGNED_IN, body: {} },
  createLoginCode: { may: SIGNED_IN, body: { challenge: 'A'.repeat(43) } },
  createOwnToken: { may: SIGNED_IN, body: { label: 'mine' } },
  revokeOneToken: { may: SIGNED_IN },
  endSession: { may: SIGNED_IN },
  createSlackCode: { may: SIGNED_IN },
  linkOwnAccount: { may: SIGNED_IN, body: { credential: 'none', token: 'a-token-of-mine' } },
  unlinkOwnAccount: { may: SIGNED_IN },
  addIdentity: { may: ADMINS },
  removeIdentity: { may: ADMINS },
  savePerson: { may: ADMINS },
  deactivatePerson: { may: ADMINS, body: { reason: 'because' } },
  reactivatePerson: { may: ADMINS },
  createTokenFor: { may: ADMINS, body: {} },
  createRepository: { may: ADMINS },
  connectRepository: { may: ADMINS },
  disconnectRepository: { may: ADMINS },
  addCredential: { may: ADMINS },
  rotateCredential: { may: ADMINS },
  removeCredential: { may: ADMINS },
  linkAccount: { may: ADMINS },
  unlinkAccount: { may: ADMINS },
  saveOauthClient: { may: ADMINS },
  removeOauthClient: { may: ADMINS },
  rebuild: { may: ADMINS, body: { repository: 'nowhere' } },
  acceptDirect: { may: PROMOTERS, body: { commit: COMMIT } },
  restoreEnvironment: { may: OF_EVERYTHING, body: {} },
  plan: { may: SIGNED_IN, body: { repository: 'nowhere' } },
  planKnown: { may: SIGNED_IN, body: { repository: 'nowhere', commits: [COMMIT] } },
  planContent: { may: SIGNED_IN, body: {} },
  promote: { may: PROMOTERS, body: CART_IN_PROD },
  rollback: { may: [...PROMOTERS, 'emergency'], body: CART_IN_PROD },
  approve: { may: APPROVERS, body: DECISION },
  reject: { may: [...WRITERS], body: DECISION },
  clearGate: { may: PROMOTERS, body: DECISION },
  overrideGate: { may: ['emergency'], body: DECISION },
  mergePromotion: { may: PROMOTERS, body: DECISION, state: 'ready' },
  freeze: { may: PROMOTERS, body: { application: 'cart', environment: 'prod', untilLifted: true, reason: 'because' } },
  liftFreezes: { may: PROMOTERS, body: { application: 'cart', environment: 'prod' } },
  // whoever promotes into what comes behind the environment
  rerunTests: { may: PROMOTERS, body: { application: 'cart', environment: 'qa' } },
  pauseRollout: { may: [...OF_EVERYTHING, 'emergency'], body: { reason: 'because' } },
  continueRollout: { may: [...OF_EVERYTHING, 'emergency'], body: { reason: 'because' } },
  abortRollout: { may: [...OF_EVERYTHING, 'emergency'], body: { reason: 'because' } },
  // nothing that differs belongs to an application: any in the environment will do
  captureDrift: { may: [...PROMOTERS, 'promoter of another application', 'approver of another application'], body: { environment: 'prod', cluster: 'prod-eu' } },
  createJoinToken: { may: ADMINS },
  revokeCluster: { may: ADMINS },
  labelCluster: { may: ADMINS, body: {} },
  signAudit: { may: ADMINS },
  testNotification: { may: ADMINS, body: { target: 'webhook:none' } },
  addNotifyEndpoint: { may: ADMINS },
  rotateNotifyEndpoint: { may: ADMINS },
  removeNotifyEndpoint: { may: ADMINS },
  acceptCommit: { may: ADMINS, body: { commit: COMMIT } },
  createChange: { may: WRITERS, body: { title: 'x', sourceBranch: 'topic', targetBranch: 'main' } },
  updateChange: { may: WRITERS, body: { draft: true } },
  mergeChange: { may: WRITERS, body: { expectedHead: COMMIT } },
  closeChange: { may: WRITERS, body: {} },
  createReview: { may: WRITERS, body: { state: 'commented', commit: COMMIT } },
  createStatus: { may: WRITERS, body: { context: 'ci', state: 'success' } },
  grantRole: { may: ADMINS },
  revokeRole: { may: ADMINS },
  endRight: { may: [...APPROVERS, 'emergency'], body: {} },
  delegate: { may: APPROVERS, body: { to: 'ada', application: 'cart', environment: 'prod', reason: 'because', forSeconds: 60 } },
  breakGlass: { may: ['emergency'], body: { environment: 'prod', reason: 'because', forSeconds: 60 } },
};

describe('rights', () => {
  let server: TestServer;
  let tokens: ReadonlyMap<Somebody, string>;
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    tokens = await seedRights(server);
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  const routeOf = (name: WritingRoute): Route => API[name];

  /** `may`: let through, whatever came of it then. */
  async function attempt(name: WritingRoute, who: Somebody): Promise<'may' | number> {
    const { body, state = 'open', spends } = MATRIX[name];
    await resetPromotion(server, state);
    const token = spends && who !== 'a stranger' ? await freshToken(server, who) : tokens.get(who);
    const route = routeOf(name);
    const right = name === 'endRight' ? await giveRight(server) : 'none';
    const answer = await server.call(route.method, pathOf(route, { ...PARAMETERS, right }), { ...(token !== undefined && { token }), ...(body !== undefined && { body }) });
    return answer.status === 401 || answer.status === 403 ? answer.status : 'may';
  }

  it('every route by which people write something has an action', () => {
    const writing = Object.entries(API).filter(([, { method, access }]: [string, Route]) => method !== 'GET' && (access === 'person' || access === 'admin')).map(([name]) => name);
    expect(Object.keys(ROUTE_ACTIONS).sort()).toEqual(writing.sort());
    expect(Object.keys(MATRIX).sort()).toEqual(writing.sort());
  });

  it.each(Object.keys(MATRIX) as WritingRoute[])('%s is for those who may, and for nobody else', async (name) => {
    const found: [Somebody, 'may' | number][] = [];
    for (const who of EVERYBODY) found.push([who, await attempt(name, who)]);
    const wanted = EVERYBODY.map((who) => [who, MATRIX[name].may.includes(who) ? 'may' : who === 'a stranger' ? 401 : 403]);
    expect(found).toEqual(wanted);
  });

  it.each<[string, WritingRoute, object, readonly Somebody[]]>([
    ['holding up a promotion by making its request a draft', 'updateChange', { draft: true }, WRITERS],
    ['letting it go on by marking its request ready', 'updateChange', { draft: false }, PROMOTERS],
    ['merging its request', 'mergeChange', { expectedHead: COMMIT }, PROMOTERS],
    ['closing its request', 'closeChange', {}, WRITERS],
  ])('%s is a decision about it where it goes, and no work on requests', async (_, name, body, may) => {
    const found: [Somebody, 'may' | number][] = [];
    for (const who of EVERYBODY) {
      await resetPromotion(server, 'ready', REQUEST);
      const token = tokens.get(who);
      const { status } = await server.call(routeOf(name).method, pathOf(routeOf(name), { ...PARAMETERS, number: REQUEST }), { ...(token !== undefined && { token }), body });
      found.push([who, status === 401 || status === 403 ? status : 'may']);
    }
    expect(found).toEqual(EVERYBODY.map((who) => [who, may.includes(who) ? 'may' : who === 'a stranger' ? 401 : 403]));
  });

  it.each([
    ['promote', CART_IN_PROD, /only promoters of cart in prod may promote: .*promoter-of-here/],
    ['approve', DECISION, /only approvers of cart in prod may approve: .*approver-of-here/],
    ['overrideGate', DECISION, /emergency/],
  ] as const)('whoever may not %s is told who may', async (name, body, text) => {
    await resetPromotion(server, 'open');
    const answer = await server.call('POST', pathOf(routeOf(name), PARAMETERS), { token: tokens.get('nobody')!, body });
    expect(problem.parse(answer.body).detail).toMatch(text);
  });
});
