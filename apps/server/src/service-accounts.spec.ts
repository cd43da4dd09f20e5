import { API, pathOf, problem, type RouteName } from '@sluice/contracts';
import { personName, repositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import { COMMIT, DIGEST, PROMOTION, resetPromotion, seedRights } from './rights.fixture.js';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from './test-server.fixture.js';

const PARAMETERS = { repository: 'shop', environment: 'prod', promotion: PROMOTION };
const DECISION = { digest: DIGEST, reason: 'because', gate: 'look' };
const MACHINE = /is a service account/;
const SCOPE = /this token has the scopes read, and this needs (approve|promote)/;
const ROLE = /only (promoters|approvers).* may/;

/** What somebody does, and what becomes of it with the scope and the role; `done`: it is let through. */
const TABLE: readonly { readonly route: RouteName; readonly body: object; readonly state?: Promotion['state']; readonly outcome: 'done' | RegExp; readonly without: RegExp }[] = [
  { route: 'approve', body: DECISION, outcome: MACHINE, without: MACHINE },
  { route: 'clearGate', body: DECISION, outcome: MACHINE, without: MACHINE },
  { route: 'overrideGate', body: { ...DECISION, gate: 'approvals' }, outcome: MACHINE, without: MACHINE },
  { route: 'acceptDirect', body: { commit: COMMIT }, outcome: MACHINE, without: ROLE },
  { route: 'mergePromotion', body: DECISION, state: 'ready', outcome: 'done', without: ROLE },
  { route: 'reject', body: DECISION, outcome: 'done', without: ROLE },
  { route: 'promote', body: { repository: 'shop', application: 'cart', environment: 'prod' }, outcome: 'done', without: ROLE },
];

describe('a service account', () => {
  let server: TestServer;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    await seedRights(server);
    const admin = (path: string, body: object) => server.call('POST', path, { token: server.adminToken, body });
    for (const name of ['robot', 'nobodys-robot']) {
      await admin('/api/v1/people', { name, displayName: name, service: true });
      for (const scopes of [['approve', 'promote'], ['read']]) tokens.set(`${name} ${scopes[0]}`, API.createTokenFor.reply.parse((await admin(`/api/v1/people/${name}/tokens`, { label: 'ci', scopes })).body).token);
      tokens.set(`${name} all`, API.createTokenFor.reply.parse((await admin(`/api/v1/people/${name}/tokens`, { label: 'ci' })).body).token);
    }
    expect((await admin('/api/v1/roles', { role: 'approver', who: 'person:robot', reason: 'it ships' })).status).toBe(201);
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  async function attempt(route: RouteName, who: string, body: object, state: Promotion['state'] = 'open'): Promise<'done' | string> {
    await resetPromotion(server, state);
    const answer = await server.call(API[route].method, pathOf(API[route], { ...PARAMETERS, right: 'none' }), { token: tokens.get(who) ?? '', body });
    return answer.status === 403 ? (problem.parse(answer.body).detail ?? '') : 'done';
  }

  it.each(TABLE)('$route: with its role and scope, with the scope alone, and with another scope', async ({ route, body, state, outcome, without }) => {
    const found = await attempt(route, 'robot approve', body, state);
    if (outcome === 'done') expect(found).toBe('done');
    else expect(found).toMatch(outcome);
    expect(await attempt(route, 'nobodys-robot approve', body, state)).toMatch(without);
    expect(await attempt(route, 'robot read', body, state)).toMatch(SCOPE);
  });

  it('decides nothing: no decision of it is kept but the rejection, and the audit names it', async () => {
    const approvals = await server.ports.approvals.of(repositoryId('shop'), DIGEST);
    expect(approvals.filter(({ person }) => person.includes('robot')).map(({ decision }) => decision)).toEqual(['rejected']);
    const { items } = API.audit.reply.parse((await server.call('GET', '/api/v1/audit/entries?limit=200', { token: server.adminToken })).body);
    const done = items.filter(({ entry }) => entry.who.name === 'robot').map(({ entry }) => entry.action);
    expect(done).toEqual(expect.arrayContaining(['promotion.reject', 'promotion.merge-request']));
    expect(done.filter((action) => /approve|clear|override|accept/.test(action))).toEqual([]);
  });

  it('takes no right for a time, gives none and gets none, whatever a policy names', async () => {
    const delegation = { to: 'nobodys-robot', application: 'cart', environment: 'prod', reason: 'away', forSeconds: 60 };
    expect(await attempt('delegate', 'robot all', { ...delegation, to: 'admin' })).toMatch(MACHINE);
    expect(problem.parse((await server.call('POST', '/api/v1/repositories/shop/delegations', { token: server.adminToken, body: delegation })).body).detail).toMatch(MACHINE);
    const { pipeline, ...record } = (await server.ports.repositories.pipeline(repositoryId('shop')))!;
    const environments = pipeline!.environments.map((environment) => (environment.emergency ? { ...environment, emergency: { ...environment.emergency, from: [{ kind: 'person', name: 'robot' } as const] } } : environment));
    await server.ports.repositories.savePipeline({ ...record, pipeline: { ...pipeline!, environments } });
    expect(await attempt('breakGlass', 'robot all', { environment: 'prod', reason: 'incident 7', forSeconds: 60 })).toMatch(MACHINE);
    expect((await server.ports.rights.temporary(repositoryId('shop'), 0 as never)).filter(({ person, giver }) => [person, giver].some((name) => name === personName('robot') || name === personName('nobodys-robot')))).toEqual([]);
  });
});
