import { API, ON_BEHALF_OF, pathOf, problem } from '@sluice/contracts';
import { commitSha, digest, personName, repositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import { COMMIT, DIGEST, PROMOTION, seedRights } from './rights.fixture.js';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type Answer, type TestServer } from './test-server.fixture.js';

const SHOP = repositoryId('shop');
const WHO = 'approver-of-here';
const DOORS = ['api', 'cli', 'dashboard', 'forge', 'slack'] as const;
type DoorName = (typeof DOORS)[number];

/** What somebody shows at a door, and how it is taken away. */
interface Shown {
  readonly headers: Record<string, string>;
  readonly takeAway: () => Promise<unknown>;
}

describe('an approval that is given a moment too late', () => {
  let server: TestServer;
  let before: Promotion;
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    await seedRights(server);
    await admin('/api/v1/people', { name: 'slack-bot', displayName: 'Bot', service: true });
    const stored = (await server.ports.promotions.get(SHOP, PROMOTION))!;
    before = await server.ports.promotions.update({ ...stored, change: { number: 7, url: 'http://127.0.0.1/7' } });
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  const admin = (path: string, body: object): Promise<Answer> => server.call('POST', path, { token: server.adminToken, body });
  const tokenOf = async (person: string, wanted: object): Promise<{ readonly token: string; readonly takeAway: () => Promise<unknown> }> => {
    const { token } = API.createTokenFor.reply.parse((await admin(`/api/v1/people/${person}/tokens`, wanted)).body);
    return { token, takeAway: () => server.call('DELETE', '/api/v1/tokens/current', { token }) };
  };

  async function showAt(door: DoorName): Promise<Shown> {
    if (door === 'dashboard') return signedIn();
    if (door === 'slack') return onBehalf();
    const { token, takeAway } = await tokenOf(WHO, { label: door });
    return { headers: { authorization: `Bearer ${token}` }, takeAway };
  }
  async function signedIn(): Promise<Shown> {
    const { url } = API.createLoginLink.reply.parse((await admin('/api/v1/login-links', { person: WHO })).body);
    const answer = await server.call('POST', '/api/v1/session', { body: { secret: new URL(url).hash.slice(1) } });
    const headers = { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '', origin: server.url };
    return { headers, takeAway: () => server.call('DELETE', '/api/v1/session', { headers }) };
  }
  async function onBehalf(): Promise<Shown> {
    const { token } = await tokenOf('slack-bot', { scopes: ['slack', 'read', 'approve'] });
    const own = await tokenOf(WHO, {});
    const { code } = API.createSlackCode.reply.parse((await server.call('POST', '/api/v1/me/slack-links', { token: own.token })).body);
    await server.call('POST', '/api/v1/slack/links', { token, body: { teamId: 'T1', userId: 'U1', code } });
    return { headers: { authorization: `Bearer ${token}`, [ON_BEHALF_OF]: WHO }, takeAway: () => server.call('DELETE', '/api/v1/slack/links/T1/U1', { token }) };
  }

  const click = (door: DoorName, { headers }: Shown, seen = DIGEST): Promise<Answer> =>
    door === 'forge'
      ? server.call('POST', pathOf(API.createReview, { repository: 'shop', number: 7 }), { headers, body: { state: 'approved', commit: COMMIT, body: '' } })
      : server.call('POST', pathOf(API.approve, { repository: 'shop', promotion: PROMOTION }), { headers, body: { digest: seen } });

  const change = async (fields: (promotion: Promotion) => Promotion): Promise<() => Promise<void>> => {
    before = await server.ports.promotions.update(fields(before));
    return async () => {
      before = await server.ports.promotions.update({ ...before, state: 'open', candidate: { ...before.candidate, digest: DIGEST, head: COMMIT } });
    };
  };

  /** What happens between the look and the click; @returns what puts it back. */
  const MEANWHILE: Readonly<Record<string, (shown: Shown) => Promise<() => Promise<void>>>> = {
    'the role was taken away': async () => {
      const record = (await server.ports.repositories.pipeline(SHOP))!;
      const roles = record.pipeline!.roles.filter(({ who }) => !who.some((principal) => principal.kind === 'person' && principal.name === WHO));
      await server.ports.repositories.savePipeline({ ...record, pipeline: { ...record.pipeline!, roles } });
      return () => server.ports.repositories.savePipeline(record);
    },
    'it turned out to be their own change': () => change((promotion) => ({ ...promotion, authors: [{ name: 'x', email: 'x@example.org', person: personName(WHO) }] })),
    'the content changed': () => change((promotion) => ({ ...promotion, candidate: { ...promotion.candidate, digest: digest('f'.repeat(64)), head: commitSha('2'.repeat(40)) } })),
    'it was rejected': () => change((promotion) => ({ ...promotion, state: 'rejected' })),
    'what they showed ended': async ({ takeAway }) => {
      await takeAway();
      return () => Promise.resolve();
    },
  };
  const REFUSED: Readonly<Record<string, readonly [readonly number[], RegExp]>> = {
    'the role was taken away': [[403], /only approvers of cart in prod may approve: .*approver-of-everything-here|Those who may write are /],
    'it turned out to be their own change': [[403], /an author may not approve their own change: only approvers of cart in prod may approve: .*approver-of-everything-here/],
    'the content changed': [[409], /has changed since you looked at it|the request's head is/],
    // on the forge it is the review of a request that is no promotion's any more, and that there is not here
    'it was rejected': [[409, 404], /it is rejected|7/],
    'what they showed ended': [[401, 403], /not valid|sign in|expired|has linked no account|unknown/i],
  };

  const kept = async () => ({
    approvals: await server.ports.approvals.ofPromotions(SHOP, [PROMOTION]),
    audit: (await server.ports.auditStore.list({ limit: 1 })).items.map(({ sequence }) => sequence),
    outbox: await server.ports.outbox.pending('lane:shop/cart/prod', 10),
  });

  it.each(DOORS.flatMap((door) => Object.keys(MEANWHILE).map((what) => [door, what] as const)))('%s: %s', async (door, what) => {
    const shown = await showAt(door);
    const putBack = await MEANWHILE[what]!(shown);
    const [statuses, text] = REFUSED[what]!;
    const was = await kept();
    const answer = await click(door, shown);
    const is = await kept();
    await putBack();
    if (before.authors.length > 0) before = await server.ports.promotions.update({ ...before, authors: [] });
    expect(statuses).toContain(answer.status);
    expect(problem.parse(answer.body).detail).toMatch(text);
    expect(is).toEqual(was);
  });

  it.each(['api', 'cli', 'dashboard', 'slack'] as const)('%s: in time it is the same approval, of the digest that was seen', async (door) => {
    const seen = digest(String(DOORS.indexOf(door)).repeat(64));
    const putBack = await change((promotion) => ({ ...promotion, candidate: { ...promotion.candidate, digest: seen } }));
    expect((await click(door, await showAt(door), seen)).status).toBe(200);
    expect(await server.ports.approvals.of(SHOP, seen)).toMatchObject([{ person: WHO, door, decision: 'approved' }]);
    await putBack();
  });
});
