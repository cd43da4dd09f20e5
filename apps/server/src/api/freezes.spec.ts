import { API, pathOf } from '@sluice/contracts';
import { applicationName, commitSha, digest, environmentName, instant, objectSha, promotionId, repositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';

const SHOP = repositoryId('shop');
const [DEV, PROD] = [environmentName('dev'), environmentName('prod')];
const CHECKOUT = applicationName('checkout');
const COMMIT = commitSha('1'.repeat(40));
const DIGEST = digest('d'.repeat(64));
const EVERY = { directPush: 'deploy', drift: 'report', merge: 'auto', onNewSource: 'update', gates: [] } as const;
const PIPELINE: Pipeline = {
  name: 'shop',
  environments: [
    { name: DEV, branch: 'dev', from: [], ...EVERY },
    { name: PROD, branch: 'prod', from: [DEV], ...EVERY, gates: [{ name: 'unit', type: 'check', context: 'ci/test' }], emergency: { required: 1, from: [{ kind: 'person', name: 'ada' }], also: [] } },
  ],
  applications: [{ name: CHECKOUT, paths: ['apps/**'], uses: [] }],
  environmentOwned: [],
  roles: [],
};

describe('freezes and overrides over HTTP', () => {
  let server: TestServer;
  const freezes = pathOf(API.freezes, { repository: 'shop' });
  const lift = pathOf(API.liftFreezes, { repository: 'shop' });
  const override = pathOf(API.overrideGate, { repository: 'shop', promotion: 'prod-checkout-1' });
  const post = (path: string, body: unknown) => server.call('POST', path, { token: server.adminToken, body });
  const get = async (path: string) => (await server.call('GET', path, { token: server.adminToken })).body;

  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    await post(API.createRepository.path, { id: 'shop' });
    await server.ports.repositories.savePipeline({ repository: SHOP, commit: COMMIT, checkedCommit: COMMIT, pipeline: PIPELINE, diagnostics: [] });
    const now = instant(Date.now());
    await server.ports.promotions.insert({
      id: promotionId('prod-checkout-1'),
      repository: SHOP,
      application: CHECKOUT,
      from: DEV,
      target: PROD,
      state: 'open',
      attempt: 0,
      candidate: { kind: 'change', source: COMMIT, origin: COMMIT, digest: DIGEST, head: COMMIT, onto: COMMIT, targetContent: objectSha('0'.repeat(40)), resultContent: objectSha('0'.repeat(40)), inputsKey: 'k', fingerprint: digest('e'.repeat(64)), notes: [], changedPaths: [] },
      authors: [],
      verdicts: [{ gate: 'unit', type: 'check', outcome: 'wait', message: 'no status yet', since: now, evidence: {} }],
      timeline: [],
      createdAt: now,
      updatedAt: now,
      version: 1,
    });
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  it('a freeze is made, listed, shown in the matrix and in why, and lifted', async () => {
    const made = await post(freezes, { environment: 'prod', forSeconds: 7_200, reason: 'incident 7' });
    expect(made).toMatchObject({ status: 201, body: { environment: 'prod', reason: 'incident 7', by: 'ada', message: expect.stringMatching(/^frozen by ada until .* UTC: incident 7$/) } });
    const { at, until } = API.freeze.reply.parse(made.body);
    expect(Date.parse(until ?? '') - Date.parse(at)).toBe(7_200_000);
    expect(API.freezes.reply.parse(await get(freezes)).items).toEqual([made.body]);
    expect(API.matrix.reply.parse(await get(pathOf(API.matrix, { repository: 'shop' }))).freezes).toEqual([made.body]);
    expect(API.why.reply.parse(await get(API.why.path)).items).toContainEqual(expect.objectContaining({ environment: 'prod', condition: 'frozen', verdicts: [expect.objectContaining({ gate: 'freeze', until, clearedBy: 'time, or a promoter with sluice unfreeze' })] }));
    expect(await post(lift, { environment: 'prod', application: 'checkout' })).toMatchObject({ status: 404, body: { detail: expect.stringContaining('checkout in prod is not frozen') } });
    expect(await post(lift, { environment: 'prod' })).toMatchObject({ status: 200, body: { items: [made.body] } });
    expect(await get(freezes)).toEqual({ items: [] });
  });

  it.each([
    ['without an end', { environment: 'prod', reason: 'x' }, 400, 'say one of until, forSeconds and untilLifted'],
    ['with two ends', { environment: 'prod', forSeconds: 5, untilLifted: true, reason: 'x' }, 400, 'say one of until, forSeconds and untilLifted'],
    ['without a reason', { environment: 'prod', untilLifted: true, reason: ' ' }, 400, 'say why'],
    ['without a place', { untilLifted: true, reason: 'x' }, 400, 'name an environment, or say all'],
    ['of one place and of all', { environment: 'prod', all: true, untilLifted: true, reason: 'x' }, 400, 'name an environment, or say all'],
    ['until a time without its offset', { environment: 'prod', until: '2026-12-24T18:00:00', reason: 'x' }, 400, 'a time with its offset'],
    ['that is over', { environment: 'prod', until: '2020-12-24T18:00:00Z', reason: 'x' }, 400, 'it would end before it begins'],
    ['of nothing that is there', { environment: 'qa', untilLifted: true, reason: 'x' }, 404, 'there is no environment qa'],
  ])('a freeze %s is refused', async (_what, body, status, message) => {
    const answer = await post(freezes, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(answer.body)).toContain(message);
  });

  it('an override takes a reason, the digest and a gate that is there, and is among what people decided', async () => {
    expect(await post(override, { digest: DIGEST, gate: 'unit', reason: '' })).toMatchObject({ status: 400 });
    expect(await post(override, { digest: 'f'.repeat(64), gate: 'unit', reason: 'x' })).toMatchObject({ status: 409 });
    expect(await post(override, { digest: DIGEST, gate: 'unti', reason: 'x' })).toMatchObject({ status: 404, body: { detail: expect.stringContaining('its gates are unit') } });
    expect(await post(override, { digest: DIGEST, gate: 'branch', reason: 'x' })).toMatchObject({ status: 404 });
    const path = pathOf(API.promotion, { repository: 'shop', promotion: 'prod-checkout-1' });
    expect(API.promotion.reply.parse(await get(path)).actions).toContainEqual({ name: 'override', allowed: true, gate: 'unit' });
    const done = await post(override, { digest: DIGEST, gate: 'unit', reason: 'site is down' });
    expect(done).toMatchObject({ status: 200, body: { approvals: [{ person: 'ada', decision: 'overridden', gate: 'unit', comment: 'site is down', door: 'api' }] } });
    expect(await post(override, { digest: DIGEST, gate: 'unit', reason: 'again' })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('you have overridden it') } });
  });

  it.each(['tomorrow', '2026-12-24T18:00', '2026-02-30T18:00:00Z'])('a plan at %s is refused: a time has an offset', async (at) => {
    const answer = await post(API.plan.path, { repository: 'shop', at });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ at: 'at', message: 'a time with its offset, such as 2026-12-24T18:00:00Z' }] } });
  });
});
