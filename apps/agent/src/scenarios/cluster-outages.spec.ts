import { clusterWorld, configMap, deployment, until } from './cluster-world.fixture.js';

const current = clusterWorld();
const many = (count: number, text: string) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}.yaml`, configMap(`m${index}`, { a: text })]));

describe('the agent’s record in the cluster', () => {
  const RECORD = '/api/v1/namespaces/default/configmaps/sluice-agent-prod-eu-inventory';

  it('that was damaged makes nobody apply or delete, also not a commit without files; what to do is said; and once it is repaired, all goes on', async () => {
    const { world } = current;
    const agent = world.clusterAgent();
    const before = world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    await world.reported(before, {}, agent);
    expect(await agent.kill('SIGTERM')).toBe(0);
    const { data } = world.object('configmaps', RECORD.split('/').at(-1) ?? '') as unknown as { readonly data: object };
    await world.byHand(RECORD, { data: { inventory: '{"version":1,"objects":["/ConfigMap/de' } });
    world.clusterAgent();
    world.release({ 'b.yaml': null });
    await until(() => world.report?.phase === 'syncing' && world.report.health === 'Unknown', () => world.report);
    expect(world.report).toMatchObject({ commit: before, phase: 'syncing', health: 'Unknown', message: expect.stringMatching(/ConfigMap default\/sluice-agent-prod-eu-inventory, cannot be understood: the inventory is no JSON; nothing is applied or deleted until/) as string });
    world.release({ 'a.yaml': null });
    await until(() => /would|cannot be read/.test(world.report?.message ?? ''), () => world.report);
    expect(world.maps('a', 'b')).toEqual(['a', 'b']);
    await world.byHand(RECORD, { data });
    const commit = world.release({ 'a.yaml': configMap('a') });
    await world.reported(commit);
    expect(world.maps('a', 'b')).toEqual(['a']);
  });
});

describe('an API server', () => {
  it('that is too busy is given the time that it asks for', async () => {
    const { world } = current;
    const commit = world.release(many(20, '1'));
    world.cluster.inject({ fault: { kind: 'throttled', retryAfterSeconds: 1 }, of: ({ verb }) => verb === 'patch', times: 5 });
    await world.reported(commit, {}, world.clusterAgent());
    expect(world.cluster.requests().filter(({ code }) => code === 429)).toHaveLength(5);
  });

  it('that is down is waited for, and said to be; nothing is concluded from it', async () => {
    const { world } = current;
    const commit = world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    await world.reported(commit, {}, world.clusterAgent());
    const restore = world.cluster.inject({ fault: { kind: 'reset' } });
    await until(() => world.report?.health === 'Unknown', () => world.report);
    expect(world.report).toMatchObject({ commit, message: expect.stringMatching(/^the target cannot be looked at: the API server at .* does not answer/) as string });
    restore();
    await world.reported(commit);
    expect(world.maps('a', 'b')).toEqual(['a', 'b']);
  });

  it('that is down when a commit comes gets it when it is back', async () => {
    const { world } = current;
    await world.reported(world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') }), {}, world.clusterAgent());
    const restore = world.cluster.inject({ fault: { kind: 'error', code: 503 } });
    const commit = world.release({ 'a.yaml': null });
    await until(() => world.report?.phase === 'syncing', () => world.report);
    restore();
    await world.reported(commit);
    expect(world.maps('a', 'b')).toEqual(['b']);
  });

  it('that does the work and loses the answer makes nothing twice or wrong', async () => {
    const { world } = current;
    const commit = world.release(many(10, '1'));
    world.cluster.inject({ fault: { kind: 'lost answer' }, of: ({ verb }) => verb === 'patch', times: 4 });
    await world.reported(commit, {}, world.clusterAgent());
    expect(world.maps('m0', 'm9')).toEqual(['m0', 'm9']);
  });

  it('whose lists come back empty makes nobody delete or make anything', async () => {
    const { world } = current;
    const commit = world.release({ ...many(5, '1'), 'web.yaml': deployment('web') });
    const agent = world.clusterAgent();
    await world.reported(commit, {}, agent);
    const before = world.object('configmaps', 'm0')?.metadata.uid;
    const restore = world.cluster.inject({ fault: { kind: 'empty list' } });
    world.cluster.forgetRequests();
    await until(() => world.cluster.requests().filter(({ verb }) => verb === 'list').length > 5, () => world.cluster.requestCounts());
    await world.reported(world.release({ 'm4.yaml': null }));
    restore();
    expect(world.maps('m0', 'm1', 'm2', 'm3', 'm4')).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(world.object('configmaps', 'm0')?.metadata.uid).toBe(before);
    expect(world.report?.drift).toEqual([]);
  });

  it('that says of some objects that another hand was faster gets them all the same', async () => {
    const { world } = current;
    world.cluster.inject({ fault: { kind: 'error', code: 409 }, of: (request) => request.kind === 'resource' && request.verb === 'patch' && request.name.startsWith('m'), times: 6 });
    const commit = world.release(many(10, '1'));
    await world.reported(commit, {}, world.clusterAgent());
    expect(world.maps(...Array.from({ length: 10 }, (_, index) => `m${index}`))).toHaveLength(10);
    expect(world.cluster.requests().filter(({ code }) => code === 409)).toHaveLength(6);
  });

  it('that breaks off half of a batch has it completely in the end', async () => {
    const { world } = current;
    let count = 0;
    world.cluster.inject({ fault: { kind: 'error', code: 500 }, of: ({ verb }) => verb === 'patch' && (count += 1) % 2 === 0, times: 60 });
    const commit = world.release(many(40, '1'));
    await world.reported(commit, {}, world.clusterAgent());
    expect(world.maps(...Array.from({ length: 40 }, (_, index) => `m${index}`))).toHaveLength(40);
  });
});

describe('what a cluster says no to', () => {
  it('an admission webhook that refuses is named, and everything else is applied', async () => {
    const { world } = current;
    await world.make('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'policy' },
      webhooks: [{ name: 'policy.example.com', clientConfig: { url: 'https://policy.example.com' }, rules: [{ apiGroups: ['apps'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }], sideEffects: 'None', admissionReviewVersions: ['v1'], failurePolicy: 'Fail' }],
    });
    let refuses = true;
    world.cluster.answerWebhook('policy.example.com', () => (refuses ? { code: 403, message: 'no images without a digest' } : undefined));
    const commit = world.release({ 'web.yaml': deployment('web'), 'a.yaml': configMap('a') });
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, world.clusterAgent());
    expect(world.report?.resources).toEqual([{ path: 'web.yaml', object: 'Deployment.apps default/web', status: 'Failed', message: 'admission webhook "policy.example.com" denied the request: no images without a digest' }]);
    expect(world.maps('a')).toEqual(['a']);
    refuses = false;
    await world.reported(commit);
  });

  it('a namespace that is being deleted is said to be, and filled when it is there again', async () => {
    const { world } = current;
    await world.make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await world.make('/api/v1/namespaces/shop/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'holds', finalizers: ['example.com/hold'] } });
    await world.byHand('/api/v1/namespaces/shop', null);
    const commit = world.release({ 'a.yaml': configMap('a', {}, { namespace: 'shop' }) });
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, world.clusterAgent());
    expect(world.report?.resources[0]).toMatchObject({ object: 'ConfigMap shop/a', message: expect.stringContaining('being terminated') as string });
    await world.byHand('/api/v1/namespaces/shop/configmaps/holds', { metadata: { finalizers: null } });
    await until(() => world.object('namespaces', 'shop') === undefined, () => world.object('namespaces', 'shop'));
    await world.make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await world.reported(commit);
    expect(world.object('configmaps', 'a', 'shop')).toBeDefined();
  });
});

describe('with other things down', () => {
  it('the control plane: the cluster is kept as it was assigned last', async () => {
    const { world } = current;
    const commit = world.release({ 'a.yaml': configMap('a') });
    await world.reported(commit, {}, world.clusterAgent());
    await world.control.stop();
    await world.byHand('/api/v1/namespaces/default/configmaps/a', { data: { a: 'by hand' } });
    await until(() => JSON.stringify(world.object('configmaps', 'a')?.['data']) === '{"a":"1"}', () => world.object('configmaps', 'a'));
    await world.control.start();
    await until(() => world.report?.drift.some(({ reverted }) => reverted), () => world.report);
  });

  it('git and the control plane, at a start: the cluster is kept from what is on disk', async () => {
    const { world } = current;
    const commit = world.release({ 'a.yaml': configMap('a') });
    const agent = world.clusterAgent();
    await world.reported(commit, {}, agent);
    await agent.kill('SIGKILL');
    await world.control.stop();
    await world.byHand('/api/v1/namespaces/default/configmaps/a', { data: { a: 'by hand' } });
    const next = world.clusterAgent();
    await until(() => JSON.stringify(world.object('configmaps', 'a')?.['data']) === '{"a":"1"}', next.output);
  });
});

describe('kill -9 in the middle of an apply', () => {
  it('leaves a record of everything that there is, and the next start finishes', async () => {
    const { world } = current;
    await world.reported(world.release(many(120, '1')), {}, world.clusterAgent());
    const [agent] = world.running;
    const slow = world.cluster.inject({ fault: { kind: 'latency', ms: 60 }, of: ({ verb }) => verb === 'patch' });
    const commit = world.release({ ...many(120, '2'), 'm0.yaml': null, 'new.yaml': configMap('new') });
    await until(() => JSON.stringify(world.object('configmaps', 'm40')?.['data']) === '{"a":"2"}', () => world.report);
    await agent?.kill('SIGKILL');
    slow();
    expect(world.reportsOf(commit)).toHaveLength(0);
    world.clusterAgent();
    await world.reported(commit);
    expect(world.maps('m0', 'm1', 'm119', 'new')).toEqual(['m1', 'm119', 'new']);
    expect(JSON.stringify(world.object('configmaps', 'm119')?.['data'])).toBe('{"a":"2"}');
  });
});
