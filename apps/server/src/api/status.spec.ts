import { API, pathOf } from '@sluice/contracts';
import { applicationName, clusterName, commitSha, digest, environmentName, instant, objectSha, promotionId, repositoryId, type ApplicationName, type CommitSha, type EnvironmentName } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import type { Promotion } from '@sluice/promotion';
import { describeCombinations, type Services } from '@sluice/testing';
import { ReadMatrix, UnownedPaths } from '@sluice/usecases';
import { TestAgent } from '../test-agent.fixture.js';
import { START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';

const SHOP = repositoryId('shop');
const [DEV, QA] = [environmentName('dev'), environmentName('qa')];
const [CART, PAY] = [applicationName('cart'), applicationName('pay')];
const FIRST = commitSha('1'.repeat(40));
const SECOND = commitSha('2'.repeat(40));

function environment(name: EnvironmentName, from: readonly EnvironmentName[]): Environment {
  return { name, branch: name, from, directPush: 'deploy', drift: 'report', merge: 'auto', onNewSource: 'update', gates: [] };
}
const PIPELINE: Pipeline = {
  name: 'shop',
  environments: [environment(DEV, []), environment(QA, [DEV])],
  applications: [CART, PAY].map((name) => ({ name, paths: [`apps/${name}/**`], uses: [] })),
  environmentOwned: [],
  roles: [],
};

function promotion(application: ApplicationName, fields: Partial<Promotion>): Promotion {
  const now = instant(Date.now());
  return {
    id: promotionId(`qa-${application}-1`),
    repository: SHOP,
    application,
    from: DEV,
    target: QA,
    state: 'open',
    attempt: 0,
    candidate: { kind: 'change', source: SECOND, origin: SECOND, digest: digest('d'.repeat(64)), head: FIRST, onto: FIRST, targetContent: objectSha('0'.repeat(40)), resultContent: objectSha('0'.repeat(40)), inputsKey: 'k', fingerprint: digest('e'.repeat(64)), notes: [], changedPaths: [] },
    authors: [],
    verdicts: [],
    timeline: [],
    createdAt: now,
    updatedAt: now,
    version: 1,
    ...fields,
  };
}

describeCombinations('what is where, and why it waits', (combination) => {
  let services: Services;
  let server: TestServer;

  beforeAll(async () => {
    services = await combination.start();
    server = await startTestServer(services);
    await server.call('POST', API.createRepository.path, { token: server.adminToken, body: { id: 'shop' } });
    await server.ports.repositories.savePipeline({ repository: SHOP, commit: FIRST, checkedCommit: FIRST, pipeline: PIPELINE, diagnostics: [] });
    await branch(DEV, [[FIRST, [CART, PAY]], [SECOND, [CART]]]);
    await branch(QA, [[FIRST, [CART, PAY]]]);
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await services.stop();
  });

  async function branch(name: EnvironmentName, commits: readonly (readonly [CommitSha, readonly ApplicationName[]])[]): Promise<void> {
    const entries = commits.map(([commit, content], index) => ({ commit, position: index + 1, subject: `commit ${index + 1}`, author: 'ada', committedAt: instant(1_700_000_000_000 + index), content, uses: [], origin: 'direct' as const }));
    await server.ports.environments.append(SHOP, name, entries);
    const head = entries.at(-1)?.commit;
    await server.ports.environments.save({ repository: SHOP, environment: name, branch: name, position: entries.length, assignedRevision: 1, tampered: {}, held: {}, rules: 'r', ...(head && { head, assigned: head }) });
  }
  const matrix = async () => API.matrix.reply.parse((await server.call('GET', pathOf(API.matrix, { repository: 'shop' }), { token: server.adminToken })).body);
  const why = async (query: string) => API.why.reply.parse((await server.call('GET', `${API.why.path}?${query}`, { token: server.adminToken })).body);
  const cell = async (environmentOfCell: string, application: string) => (await matrix()).cells.find((candidate) => candidate.environment === environmentOfCell && candidate.application === application);
  const report = (sequence: number, change: object = {}) => ({ sequence, commit: SECOND, phase: 'synced', message: '', health: 'Current', resources: [], drift: [], digest: 'a'.repeat(64), agentVersion: '1', ...change });

  it('lists what was not promoted, and knows what there is', async () => {
    const state = await server.ports.environments.state(SHOP, QA);
    const change = { commit: FIRST, author: 'bob', email: 'bob@example.org', subject: 'hotfix', at: instant(0), nodes: [{ path: 'apps/pay/a.yaml', field: 'spec.paused' }] };
    if (state) await server.ports.environments.save({ ...state, targetOnly: { pay: { base: SECOND, first: DEV, changes: [change] } } });
    const backflow = (query: string) => server.call('GET', `${pathOf(API.backflow, { repository: 'shop' })}?${query}`, { token: server.adminToken });
    const listed = API.backflow.reply.parse((await backflow('environment=qa&application=pay')).body);
    expect(listed.items).toMatchObject([{ application: 'pay', environment: 'qa', first: 'dev', changes: [{ commit: FIRST, author: 'bob', at: '1970-01-01T00:00:00.000Z', places: ['spec.paused of apps/pay/a.yaml'] }] }]);
    expect(API.backflow.reply.parse((await backflow('application=cart')).body).items).toEqual([]);
    expect(await cell('qa', 'pay')).toMatchObject({ targetOnly: 1 });
    expect(await backflow('environment=nowhere')).toMatchObject({ status: 404, body: { detail: 'there is no environment nowhere; there are dev, qa' } });
    expect(await backflow('environment=No%20name')).toMatchObject({ status: 400 });
    if (state) await server.ports.environments.save(state);
  });

  it('shows each application’s own version, not the branch’s head', async () => {
    expect(await cell('dev', 'cart')).toMatchObject({ commit: SECOND, origin: SECOND, subject: 'commit 2', condition: 'in-sync', health: 'Unknown' });
    expect(await cell('dev', 'pay')).toMatchObject({ commit: FIRST, subject: 'commit 1' });
    expect(await cell('qa', 'pay')).toMatchObject({ condition: 'waiting', message: 'it was not looked at yet' });
  });

  it('turns a report into health, application by application, and wakes what looks at it', async () => {
    const agent = await TestAgent.enrol(server, { cluster: 'dev-eu', repository: 'shop', environment: 'dev' });
    await agent.call('POST', API.agentReport.path, report(1, { health: 'Failed', resources: [{ path: 'apps/pay/a.yaml', status: 'Failed', message: 'crashes' }] }));
    expect(await cell('dev', 'cart')).toMatchObject({ health: 'Current', healthySince: expect.stringMatching(/Z$/) });
    expect(await cell('dev', 'pay')).toMatchObject({ health: 'Failed' });
    const wakes = await Promise.all(['environment:shop:dev', 'lane:shop:qa:cart', 'lane:shop:qa:pay'].map((key) => server.ports.wakeStore.pending(key)));
    expect(wakes.every((wake) => wake !== undefined)).toBe(true);
  });

  it('counts health from the server’s receipt, and keeps it over reports that say the same', async () => {
    const before = await cell('dev', 'cart');
    const known = await server.ports.clusters.get(clusterName('dev-eu'));
    expect(before?.healthySince).toBe(new Date(known?.report?.receivedAt ?? 0).toISOString());
  });

  it('answers why an application waits with each verdict and who clears it', async () => {
    const since = instant(Date.now());
    const verdict = { gate: 'approvals', type: 'approvals', outcome: 'wait', message: '0 of 1 given', clearedBy: 'group sre', since, evidence: { required: 1 } } as const;
    await server.ports.promotions.insert(promotion(CART, { verdicts: [verdict] }));
    expect((await why('repository=shop&application=cart&environment=qa')).items).toMatchObject([{ condition: 'open', message: 'waits for approvals', verdicts: [{ gate: 'approvals', outcome: 'wait', message: '0 of 1 given', clearedBy: 'group sre' }] }]);
    expect(await cell('qa', 'cart')).toMatchObject({ condition: 'promoting', message: 'waits for approvals', promotion: { waitsFor: 'approvals: 0 of 1 given' } });
  });

  it('answers for a lane that has a conflict and no promotion', async () => {
    const conflict = { path: 'apps/pay/a.yaml', reason: 'both-changed', message: 'both changed it', field: 'spec.replicas', base: '1', source: '2', target: '3' } as const;
    await server.ports.promotions.saveLane({ repository: SHOP, application: PAY, target: QA, condition: 'conflicted', message: 'both changed it', conflicts: [conflict], attempt: 0, since: instant(Date.now()) });
    expect((await why('repository=shop&application=pay')).items).toMatchObject([{ condition: 'conflicted', conflicts: [{ field: 'spec.replicas', source: '2' }], verdicts: [{ outcome: 'fail', clearedBy: expect.stringMatching(/settles the conflict/) }] }]);
  });

  it('always answers a question about one lane', async () => {
    expect((await why('repository=shop&application=cart&environment=dev')).items).toMatchObject([{ condition: 'in-sync' }]);
  });

  it('names the cluster that does not run what it should, and what it says of it', async () => {
    const agent = await TestAgent.enrol(server, { cluster: 'qa-eu', repository: 'shop', environment: 'qa' });
    await agent.call('POST', API.agentReport.path, report(1, { phase: 'failed', message: '1 file could not be applied', health: 'Failed', resources: [{ path: 'apps/pay/a.yaml', status: 'Failed', message: 'it is read-only' }] }));
    const cluster = { environment: 'qa', verdicts: [{ gate: 'qa-eu', outcome: 'fail', message: '1 file could not be applied: apps/pay/a.yaml: it is read-only' }] };
    expect((await why('application=pay&environment=qa')).items).toMatchObject([{ condition: 'conflicted' }, cluster]);
    expect((await why('application=pay&environment=dev')).items).toMatchObject([{ condition: 'in-sync' }]);
    await agent.call('POST', API.agentReport.path, report(2, { phase: 'blocked', message: 'waits for `sluice clusters accept`', digest: 'b'.repeat(64) }));
    expect((await why('environment=qa')).items).toContainEqual(expect.objectContaining({ condition: 'not-converged', message: 'waits for `sluice clusters accept`' }));
    await agent.call('POST', API.agentReport.path, report(3, { digest: 'c'.repeat(64) }));
    expect((await why('environment=qa')).items.map(({ condition }) => condition)).not.toContain('not-converged');
  });

  it.each([
    ['repository=nothing', /no repository nothing/],
    ['repository=shop&application=nothing', /no application nothing/],
    ['repository=shop&environment=nothing', /no environment nothing/],
    ['application=cart&environment=nothing', /no environment nothing/],
  ])('says so when what was asked about does not exist: %s', async (query, detail) => {
    expect(await server.call('GET', `${API.why.path}?${query}`, { token: server.adminToken })).toMatchObject({ status: 404, body: { detail: expect.stringMatching(detail) } });
  });

  it('tells of a pipeline file that is broken, and goes on with the last good one', async () => {
    await server.ports.repositories.savePipeline({ repository: SHOP, commit: FIRST, checkedCommit: SECOND, pipeline: PIPELINE, diagnostics: [{ severity: 'error', message: 'a cycle', line: 3, column: 5, at: 'spec' }] });
    expect((await why('repository=shop')).notices).toEqual([{ repository: 'shop', message: 'sluice.yaml:3:5: a cycle' }]);
    expect((await matrix()).environments).toHaveLength(2);
  });

  it('costs the same number of queries for 100 applications as for two', async () => {
    const few = await queriesFor(server, PIPELINE);
    const many = await queriesFor(server, { ...PIPELINE, applications: Array.from({ length: 100 }, (_, index) => ({ name: applicationName(`app-${index}`), paths: [`apps/app-${index}/**`], uses: [] })) });
    expect(many).toBe(few);
  });
});

/** How often the store is asked for one matrix. */
async function queriesFor({ ports }: TestServer, pipeline: Pipeline): Promise<number> {
  let asked = 0;
  const counting = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name, receiver) => {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function') return member;
        return (...argv: unknown[]): unknown => {
          asked += 1;
          return Reflect.apply(member, target, argv);
        };
      },
    });
  await ports.repositories.savePipeline({ repository: SHOP, commit: FIRST, checkedCommit: FIRST, pipeline, diagnostics: [] });
  const { repositories, promotions, environments, clusters, freezes, rights, people, rollouts, mirrors, clock } = ports;
  const counted = { repositories: counting(repositories), promotions: counting(promotions), environments: counting(environments), clusters: counting(clusters), freezes: counting(freezes), rights: counting(rights), people: counting(people), rollouts: counting(rollouts), unownedPaths: new UnownedPaths(mirrors) };
  await new ReadMatrix(counted, clock).run(SHOP);
  return asked;
}
