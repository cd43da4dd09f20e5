import { clusterWorld, configMap, deployment, MAPS, until } from './cluster-world.fixture.js';

const current = clusterWorld();
const drifted = { path: 'a.yaml', object: 'ConfigMap default/a' };

describe('what another hand changes in a cluster', () => {
  it('is taken back and reported, without waiting for a sweep', async () => {
    const { world } = current;
    const commit = world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    await world.reported(commit, {}, world.clusterAgent({ SLUICE_SYNC_INTERVAL: '1h' }));
    await until(() => world.cluster.openWatches.length === 1, () => world.cluster.openWatches);
    await world.byHand(`${MAPS}/a`, { data: { a: 'by hand' } });
    await until(() => world.report?.drift.some(({ reverted }) => reverted) && world.report.health === 'Current', () => world.report);
    expect(world.report?.drift).toMatchObject([{ ...drifted, kind: 'modified', reverted: true, diff: { fields: [{ field: 'data.a', wanted: '"1"', live: '"by hand"' }] } }]);
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: '1' } });
  });

  it('is made again when it was deleted', async () => {
    const { world } = current;
    const commit = world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    await world.reported(commit, {}, world.clusterAgent({ SLUICE_SYNC_INTERVAL: '1h' }));
    await until(() => world.cluster.openWatches.length === 1, () => world.cluster.openWatches);
    await world.byHand(`${MAPS}/a`, null);
    await until(() => world.report?.drift.some(({ kind, reverted }) => kind === 'missing' && reverted), () => world.report);
    expect(world.maps('a', 'b')).toEqual(['a', 'b']);
  });

  it('is only reported when that is the policy, and taken back when it changes', async () => {
    const { world } = current;
    world.control.assign({ drift: 'report' });
    const commit = world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    await world.reported(commit, {}, world.clusterAgent());
    await world.byHand(`${MAPS}/a`, { data: { a: 'by hand' } });
    await world.reported(commit, { health: 'Failed' });
    expect(world.report).toMatchObject({ drift: [{ ...drifted, reverted: false }], resources: [{ ...drifted, status: 'Failed' }] });
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: 'by hand' } });
    world.control.assign({ drift: 'revert' });
    await world.reported(commit);
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: '1' } });
  });

  it('is masked in what is told of a Secret', async () => {
    const { world } = current;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, stringData: { password: 'correct horse' } };
    const commit = world.release({ 'a.yaml': secret });
    await world.reported(commit, {}, world.clusterAgent());
    await world.byHand('/api/v1/namespaces/default/secrets/key', { data: { password: Buffer.from('battery staple').toString('base64') } });
    await until(() => world.report?.drift.some(({ reverted }) => reverted), () => world.report);
    const told = JSON.stringify(world.control.reports);
    expect(told).toContain('(masked)');
    for (const word of ['correct horse', 'battery staple']) for (const text of [word, Buffer.from(word).toString('base64')]) expect(told).not.toContain(text);
    expect(world.object('secrets', 'key')).toMatchObject({ data: { password: Buffer.from('correct horse').toString('base64') } });
  });

  it('is no drift in fields that are ignored', async () => {
    const { world } = current;
    world.control.assigned = { ...world.control.assigned, driftIgnore: [{ kind: 'Deployment', path: ['spec', 'replicas'] }] };
    const commit = world.release({ 'web.yaml': deployment('web'), 'a.yaml': configMap('a') });
    await world.reported(commit, {}, world.clusterAgent());
    await world.byHand('/apis/apps/v1/namespaces/default/deployments/web', { spec: { replicas: 5 } });
    await world.byHand(`${MAPS}/a`, { data: { a: 'by hand' } });
    await until(() => world.report?.drift.length === 1 && world.report.drift[0]?.reverted, () => world.report);
    await world.reported(world.release({ 'web.yaml': deployment('web', 'app:2') }));
    expect(world.deployment('web')).toMatchObject({ spec: { replicas: 5, template: { spec: { containers: [{ image: 'app:2' }] } } } });
  });

  it('is left alone where git says nothing of it', async () => {
    const { world } = current;
    const commit = world.release({ 'web.yaml': deployment('web') });
    await world.reported(commit, {}, world.clusterAgent());
    await world.byHand('/apis/apps/v1/namespaces/default/deployments/web', { metadata: { annotations: { note: 'mine' } } });
    await world.byHand('/apis/apps/v1/namespaces/default/deployments/web', { spec: { replicas: 5 } });
    await until(() => world.report?.drift.some(({ reverted }) => reverted), () => world.report);
    await world.reported(commit);
    expect(world.deployment('web')).toMatchObject({ metadata: { annotations: { note: 'mine' } }, spec: { replicas: 2 } });
  });

  it('is found by an agent that was not there', async () => {
    const { world } = current;
    const commit = world.release({ 'a.yaml': configMap('a') });
    const agent = world.clusterAgent();
    await world.reported(commit, {}, agent);
    expect(await agent.kill('SIGTERM')).toBe(0);
    await world.byHand(`${MAPS}/a`, { data: { a: 'by hand' } });
    world.clusterAgent();
    await until(() => world.report?.drift.some(({ reverted }) => reverted), () => world.report);
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: '1' } });
  });

  it('is seen again after a watch has expired', async () => {
    const { world } = current;
    const commit = world.release({ 'a.yaml': configMap('a') });
    await world.reported(commit, {}, world.clusterAgent({ SLUICE_SYNC_INTERVAL: '1h' }));
    await until(() => world.cluster.openWatches.length === 1, () => world.cluster.openWatches);
    world.cluster.expire();
    await until(() => world.cluster.openWatches.length === 1, () => world.cluster.openWatches);
    await world.byHand(`${MAPS}/a`, { data: { a: 'by hand' } });
    await until(() => world.report?.drift.some(({ reverted }) => reverted), () => world.report);
  });
});
