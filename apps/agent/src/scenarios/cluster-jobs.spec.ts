import { clusterWorld, configMap, MAPS, until } from './cluster-world.fixture.js';

const current = clusterWorld();
const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const job = (image: string): object => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate' }, spec: { ttlSecondsAfterFinished: 0, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image }] } } } });
const jobUid = (): string | undefined => current.world.cluster.stored('batch', 'jobs', 'default', 'migrate')?.metadata.uid;

describe('a Job that the cluster removes when it is done', () => {
  it('runs once for each content, also when it is gone before the agent saw it done, and for an agent that starts again', async () => {
    const { world } = current;
    world.cluster.cluster.pause();
    const commit = world.release({ 'job.yaml': job('app:1'), 'a.yaml': configMap('a') });
    const agent = world.clusterAgent();
    await world.reported(commit, { health: 'InProgress' }, agent);
    await world.byHand(`${JOBS}/migrate`, null);
    world.cluster.cluster.resume();
    await world.reported(commit, {}, agent);
    expect(jobUid()).toBeUndefined();
    await agent.kill('SIGKILL');
    const next = world.clusterAgent();
    await world.reported(world.release({ 'a.yaml': configMap('a', { a: '2' }) }), {}, next);
    expect(jobUid()).toBeUndefined();
    await world.reported(world.release({ 'job.yaml': job('app:2') }), {}, next);
    expect(jobUid()).toBeDefined();
  });
});

describe('an object that kubectl had applied', () => {
  it('is taken over to the end by the next agent when the first is killed in the middle', async () => {
    const { world } = current;
    const last = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, data: { a: '1', gone: '1' } };
    await world.make(`${MAPS}?fieldManager=kubectl-client-side-apply`, { ...last, metadata: { ...last.metadata, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(last) } } });
    let reached = false;
    // applied, and what was kubectl's is not the agent's yet
    const restore = world.cluster.inject({ fault: { kind: 'silence' }, of: (request) => {
      const isManagers = request.kind === 'resource' && request.verb === 'patch' && request.name === 'a' && request.query.get('force') === null;
      reached ||= isManagers;
      return isManagers;
    } });
    const commit = world.release({ 'a.yaml': configMap('a') });
    const agent = world.clusterAgent();
    await until(() => reached, () => agent.output().slice(-2_000));
    await agent.kill('SIGKILL');
    restore();
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: '1', gone: '1' } });
    await world.reported(commit, {}, world.clusterAgent());
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: '1' } });
    expect(world.object('configmaps', 'a')).not.toHaveProperty(['data', 'gone']);
  });
});
