import { API, pathOf } from '@sluice/contracts';
import { clusterName, commitSha, environmentName, instant, repositoryId, type CommitSha } from '@sluice/kernel';
import { describeCombinations, type Services } from '@sluice/testing';
import { assignmentTopic, hashSecret } from '@sluice/usecases';
import { joinToken, TestAgent } from '../test-agent.fixture.js';
import { START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';
import { TestStream } from '../test-stream.fixture.js';

const QA = { repository: 'shop', environment: 'qa' };
const PLACE = { repository: repositoryId('shop'), environment: environmentName('qa') };
const FLOOR = commitSha('f'.repeat(40));
const FIRST = commitSha('1'.repeat(40));
const SECOND = commitSha('2'.repeat(40));

function report(sequence: number, change: object = {}) {
  return { sequence, commit: FIRST, phase: 'synced', message: 'all is well', health: 'Current', resources: [], drift: [], digest: String(sequence).repeat(64).slice(0, 64), agentVersion: '1.0.1', ...change };
}

describeCombinations('an agent', (combination) => {
  let services: Services;
  let server: TestServer;

  beforeAll(async () => {
    services = await combination.start();
    server = await startTestServer(services);
    await server.call('POST', API.createRepository.path, { token: server.adminToken, body: { id: 'shop' } });
    await assign(FLOOR, 1);
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await services.stop();
  });

  async function assign(commit: CommitSha, revision: number): Promise<void> {
    await server.ports.environments.save({ ...PLACE, branch: 'qa-branch', head: commit, position: revision, assigned: commit, assignedRevision: revision, tampered: {}, held: {}, rules: 'r' });
    server.ports.signals.publish(assignmentTopic(PLACE));
  }
  const clusterOf = async (name: string) => API.clusters.reply.parse((await server.call('GET', API.clusters.path, { token: server.adminToken })).body).items.find((cluster) => cluster.name === name);

  describe('that enrols', () => {
    it('is told what it runs and from where', async () => {
      const agent = await TestAgent.withKey(server, 'qa-eu');
      const answer = await agent.join(await joinToken(server, { cluster: 'qa-eu', ...QA }));
      expect(API.agentEnrol.reply.parse(answer.body)).toEqual({ cluster: 'qa-eu', environment: 'qa', repository: 'shop', branch: 'qa-branch', gitUrl: `${server.url}/git/shop.git`, floor: FLOOR });
    });

    it('may spend its token again with the same key, and nobody else may', async () => {
      const token = await joinToken(server, { cluster: 'qa-asia', ...QA });
      const agent = await TestAgent.withKey(server, 'qa-asia');
      const thief = await TestAgent.withKey(server, 'qa-asia');
      expect([(await agent.join(token)).status, (await agent.join(token)).status, (await thief.join(token)).status]).toEqual([200, 200, 409]);
    });

    it.each([
      ['is unknown', () => Promise.resolve(`slj_${'x'.repeat(43)}`), 401, /unknown/],
      ['has expired', () => expiredJoinToken(server), 401, /expired: make another/],
    ])('is refused with a token that %s', async (_, tokenOf, status, detail) => {
      const agent = await TestAgent.withKey(server, 'qa-eu');
      expect(await agent.join(await tokenOf())).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } });
    });

    it('cannot take a cluster of another environment', async () => {
      await TestAgent.enrol(server, { cluster: 'qa-one', ...QA });
      const answer = await server.call('POST', API.createJoinToken.path, { token: server.adminToken, body: { cluster: 'qa-one', repository: 'shop', environment: 'prod' } });
      expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/runs qa of shop/) } });
    });
  });

  describe('that signs a token', () => {
    it.each([
      ['over a nonce of its own', { nonce: `${Date.now()}.AAAA` }],
      ['over a nonce that was changed', { nonce: '1.AAAA.B' }],
      ['for another audience', { aud: 'somebody' }],
      ['in the name of another cluster', { sub: 'qa-two' }],
      ['with the key id of another cluster', { kid: 'qa-two' }],
      ['with a key id that is no name', { kid: '../etc' }],
    ])('%s is not let in', async (_, claims) => {
      await TestAgent.enrol(server, { cluster: 'qa-two', ...QA });
      const agent = await TestAgent.enrol(server, { cluster: 'qa-signer', ...QA });
      const { status } = await server.call('GET', API.agentAssignment.path, { token: await agent.token(claims) });
      expect(status).toBe(401);
    });

    it('with a key that has enrolled is let in', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-good', ...QA });
      expect((await agent.call('GET', API.agentAssignment.path)).body).toMatchObject({ repository: 'shop', environment: 'qa', commit: FLOOR, drift: 'report' });
    });

    it('is shut out when another key has enrolled in its place', async () => {
      const old = await TestAgent.enrol(server, { cluster: 'qa-again', ...QA });
      await TestAgent.enrol(server, { cluster: 'qa-again', ...QA });
      expect((await old.call('GET', API.agentAssignment.path)).status).toBe(401);
    });
  });

  describe('that reports', () => {
    it('is shown to people, once for each sequence', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-report', ...QA });
      expect((await agent.call('POST', API.agentReport.path, report(2))).body).toEqual({ applied: true, sequence: 2, digest: '2'.repeat(64) });
      expect((await agent.call('POST', API.agentReport.path, report(1, { health: 'Failed' }))).body).toEqual({ applied: false, sequence: 2, digest: '2'.repeat(64) });
      expect(await clusterOf('qa-report')).toMatchObject({ connected: true, phase: 'synced', health: 'Current', commit: FIRST, agentVersion: '1.0.1' });
    });

    it('says what differs, and people see it without what only a capture needs', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-drift', ...QA });
      const field = { field: 'data.level', wanted: '"info"', live: '"debug"', by: 'kubectl-edit' };
      const drift = [
        { path: 'a.yaml', object: 'ConfigMap shop/a', kind: 'modified', reverted: false, at: 1, diff: { fields: [field], foreign: [{ field: 'spec.paused', live: 'true', by: 'someone' }], truncated: true, capture: { fields: [{ path: ['data', 'level'], value: '"debug"' }] } } },
        { path: 'b.txt', kind: 'modified', reverted: true, at: 2, diff: { fields: [], lines: { wanted: 1, live: 2 } } },
        { path: 'c', kind: 'foreign', reverted: false, at: 3 },
      ];
      await agent.call('POST', API.agentReport.path, report(1, { drift }));
      const of = async (query: string) => (await server.call('GET', `${pathOf(API.drift, { repository: 'shop' })}?${query}`, { token: server.adminToken })).body;
      const at = (text: number) => new Date(text).toISOString();
      expect(await of('environment=qa&cluster=qa-drift')).toEqual({
        items: [
          {
            cluster: 'qa-drift',
            environment: 'qa',
            mode: 'report',
            commit: FIRST,
            reportedAt: expect.any(String),
            places: [
              { path: 'a.yaml', object: 'ConfigMap shop/a', kind: 'modified', reverted: false, at: at(1), fields: [field], foreign: [{ field: 'spec.paused', live: 'true', by: 'someone' }], truncated: true, capturable: true },
              { path: 'b.txt', kind: 'modified', reverted: true, at: at(2), fields: [], lines: { wanted: 1, live: 2 }, truncated: false, capturable: false },
              { path: 'c', kind: 'foreign', reverted: false, at: at(3), truncated: false, capturable: false },
            ],
          },
        ],
      });
      await agent.call('POST', API.agentReport.path, report(2));
      expect(await of('cluster=qa-drift')).toMatchObject({ items: [{ places: [] }] });
    });

    it('is not found where there is no such cluster', async () => {
      expect(await server.call('GET', `${pathOf(API.drift, { repository: 'shop' })}?cluster=nowhere`, { token: server.adminToken })).toMatchObject({ status: 404, body: { detail: 'there is no cluster nowhere in shop' } });
    });

    it.each([
      ['older: without what differs', { drift: [{ path: 'a', kind: 'modified', reverted: false, at: 1 }] }, { path: 'a', truncated: false, capturable: false }],
      ['newer: with what nobody knows yet', { mood: 'fine', drift: [{ path: 'a', kind: 'modified', reverted: false, at: 1, weight: 3, diff: { fields: [{ field: 'x', live: '1', colour: 'red' }], score: 1 } }] }, { path: 'a', fields: [{ field: 'x', live: '1' }] }],
    ])('of a version that is %s', async (_, change, place) => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-skew', ...QA });
      expect((await agent.call('POST', API.agentReport.path, report(1, change as never))).status).toBe(200);
      expect((await server.call('GET', `${pathOf(API.drift, { repository: 'shop' })}?cluster=qa-skew`, { token: server.adminToken })).body).toMatchObject({ items: [{ places: [place] }] });
    });

    it('is told the server’s version, and its own is told to people when the two do not go together', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-ancient', ...QA });
      const beat = async (agentVersion: string) => (await agent.call('POST', API.agentHeartbeat.path, { sequence: 0, digest: '', agentVersion })).body;
      const skew = async () => API.clusters.reply.parse((await server.call('GET', API.clusters.path, { token: server.adminToken })).body).items.find(({ name }) => name === 'qa-ancient')?.skew;
      expect(await beat('0.1.7')).toMatchObject({ serverVersion: '0.1.0' });
      expect(await skew()).toBeUndefined();
      await beat('0.7.0');
      expect(await skew()).toBe('the agent (0.7.0) is too new for the server (0.1.0): they may be one minor version apart; install a newer server first, or an older agent');
    });

    it('is not enrolled with another protocol, and told why', async () => {
      const answer = await server.call('POST', API.agentEnrol.path, { body: { protocol: 2, joinToken: 'x'.repeat(30), publicKey: 'A'.repeat(43), agentVersion: '9.0.0' } });
      expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining('this server speaks version 1 of the protocol of agents') } });
    });

    it('is asked to send everything again when both sides hold something else', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-beat', ...QA });
      const beat = async (sequence: number, digest: string) => (await agent.call('POST', API.agentHeartbeat.path, { sequence, digest, agentVersion: '1' })).body;
      expect(await beat(0, '')).toMatchObject({ resync: false, sequence: 0 });
      await agent.call('POST', API.agentReport.path, report(3));
      expect(await beat(3, '3'.repeat(64))).toMatchObject({ resync: false, sequence: 3 });
      expect(await beat(4, 'other')).toMatchObject({ resync: true, sequence: 3 });
    });

    it('is asked for a report as long as the server has none', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-command', ...QA });
      const { items } = API.agentCommands.reply.parse((await agent.call('GET', API.agentCommands.path)).body);
      expect(items.map(({ kind }) => kind)).toEqual(['report']);
      expect((await agent.call('POST', API.agentAcknowledge.path, { ids: items.map(({ id }) => id) })).status).toBe(204);
      // that it has heard does not bring the report: it is asked, under the same name, until the report is here
      expect((await agent.call('GET', API.agentCommands.path)).body).toEqual({ items });
      await agent.call('POST', API.agentReport.path, report(1));
      expect((await agent.call('GET', API.agentCommands.path)).body).toEqual({ items: [] });
    });

    it.each([
      ['a sequence of 0', { sequence: 0 }],
      ['a phase that does not exist', { phase: 'sleeping' }],
      ['a digest that is none', { digest: 'x' }],
      ['more resources than it may', { resources: Array.from({ length: 201 }, () => ({ path: 'a', status: 'Failed', message: '' })) }],
    ])('with %s is refused', async (_, change) => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-wrong', ...QA });
      expect((await agent.call('POST', API.agentReport.path, report(1, change))).status).toBe(400);
    });
  });

  describe('that holds a stream', () => {
    const open = async (agent: TestAgent) => TestStream.open(`${server.url}${API.agentStream.path}`, { authorization: `Bearer ${await agent.token()}` });

    it('is told at once what to run, and again when that changes', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-stream', ...QA });
      const stream = await open(agent);
      await stream.next(({ event }) => event === 'nonce');
      await stream.next(({ event, data }) => event === 'assignment' && (data as { commit: string }).commit === FLOOR);
      await assign(SECOND, 2);
      const news = await stream.next(({ event, data }) => event === 'assignment' && (data as { commit: string }).commit === SECOND);
      expect(news.id).toBe('2');
      expect(stream.retry).toBe(1_000);
      stream.close();
    });

    it('is told of a commit that a person accepted', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-accept', ...QA });
      const stream = await open(agent);
      await stream.next(({ event }) => event === 'assignment');
      await server.call('POST', pathOf(API.acceptCommit, { cluster: 'qa-accept' }), { token: server.adminToken, body: { commit: FIRST } });
      await stream.next(({ event, data }) => event === 'assignment' && (data as { accepted?: string }).accepted === FIRST);
      stream.close();
    });

    it('loses it at once when it is revoked', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-revoked', ...QA });
      const stream = await open(agent);
      await stream.next(({ event }) => event === 'assignment');
      const revoked = await server.call('POST', pathOf(API.revokeCluster, { cluster: 'qa-revoked' }), { token: server.adminToken });
      expect(revoked.body).toMatchObject({ revoked: true, connected: false });
      await stream.untilEnd();
      expect(await agent.call('GET', API.agentAssignment.path)).toMatchObject({ status: 401, body: { detail: expect.stringMatching(/revoked: enrol its agent again/) } });
    });

    it('loses it at once when another key enrols in its place', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-rotated', ...QA });
      const stream = await open(agent);
      await stream.next(({ event }) => event === 'assignment');
      await TestAgent.enrol(server, { cluster: 'qa-rotated', ...QA });
      await stream.untilEnd();
      expect((await agent.call('GET', API.agentAssignment.path)).status).toBe(401);
    });

    it('loses the older one when it opens another', async () => {
      const agent = await TestAgent.enrol(server, { cluster: 'qa-twice', ...QA });
      const older = await open(agent);
      const newer = await open(agent);
      await older.untilEnd();
      await newer.next(({ event }) => event === 'assignment');
      newer.close();
    });
  });
});

/** Stored with a time that has passed; over the API a token lives a minute at least. */
async function expiredJoinToken(server: TestServer): Promise<string> {
  const secret = `slj_${'e'.repeat(43)}`;
  await server.ports.clusters.addJoinToken(hashSecret(secret), { ...PLACE, cluster: clusterName('qa-late'), expiresAt: instant(Date.now() - 1_000) });
  return secret;
}
