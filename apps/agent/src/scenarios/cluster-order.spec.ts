import { clusterWorld, configMap, deployment, until } from './cluster-world.fixture.js';

const current = clusterWorld({ cluster: { fails: (image) => image.endsWith(':broken') } });
const annotated = (annotations: Readonly<Record<string, string>>) => ({ annotations });

describe('the order of a commit', () => {
  it('goes by waves, each when the one before is healthy', async () => {
    const { world } = current;
    world.cluster.cluster.pause();
    const commit = world.release({ 'db.yaml': deployment('db', 'db:1', annotated({ 'sluice.dev/wave': '-1' })), 'web.yaml': deployment('web') });
    const agent = world.clusterAgent();
    await until(() => world.report?.resources.some(({ object, message }) => object === 'Deployment.apps default/web' && message.startsWith('waits for Deployment.apps default/db')), () => [world.report, agent.output().slice(-500)]);
    expect(world.deployment('web')).toBeUndefined();
    expect(world.report).toMatchObject({ phase: 'syncing', health: 'InProgress', message: '1 object waits for others' });
    world.cluster.cluster.resume();
    await world.reported(commit);
    expect(world.deployment('web')).toBeDefined();
  });

  it('is refused as a whole when it can never be', async () => {
    const { world } = current;
    const on = (name: string) => annotated({ 'sluice.dev/depends-on': `ConfigMap/default/${name}` });
    const commit = world.release({ 'a.yaml': configMap('a', {}, on('b')), 'b.yaml': configMap('b', {}, on('a')), 'c.yaml': configMap('c') });
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, world.clusterAgent());
    expect(world.report?.resources[0]?.message).toContain('can never be applied');
    expect(world.maps('a', 'b', 'c')).toEqual([]);
    await world.reported(world.release({ 'b.yaml': configMap('b') }));
    expect(world.maps('a', 'b', 'c')).toEqual(['a', 'b', 'c']);
  });

  it('does not let what depends on something broken through, and lets everything else', async () => {
    const { world } = current;
    const commit = world.release({ 'db.yaml': configMap('Db_'), 'web.yaml': configMap('web', {}, annotated({ 'sluice.dev/depends-on': 'ConfigMap/default/Db_' })), 'other.yaml': configMap('other') });
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, world.clusterAgent());
    expect(world.report?.resources.map(({ path, status }) => [path, status])).toEqual([['db.yaml', 'Failed'], ['web.yaml', 'InProgress']]);
    expect(world.maps('web', 'other')).toEqual(['other']);
  });
});

describe('what cannot be changed in place', () => {
  it('is made again where nothing is lost with it', async () => {
    const { world } = current;
    const selected = (label: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 1, selector: { matchLabels: { app: label } }, template: { metadata: { labels: { app: label } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } } } });
    await world.reported(world.release({ 'web.yaml': selected('old') }), {}, world.clusterAgent());
    const uid = world.deployment('web')?.metadata.uid;
    await world.reported(world.release({ 'web.yaml': selected('new') }));
    expect(world.deployment('web')?.metadata.uid).not.toBe(uid);
  });

  it('stays where data would go with it, and says what to do', async () => {
    const { world } = current;
    const set = (service: string) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { serviceName: service, replicas: 1, selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } } } });
    await world.reported(world.release({ 'db.yaml': set('one') }), {}, world.clusterAgent());
    const uid = world.cluster.stored('apps', 'statefulsets', 'default', 'db')?.metadata.uid;
    await world.reported(world.release({ 'db.yaml': set('two') }), { phase: 'failed', health: 'Failed' });
    expect(world.report?.resources[0]?.message).toContain('a StatefulSet is never deleted to change it');
    expect(world.cluster.stored('apps', 'statefulsets', 'default', 'db')?.metadata.uid).toBe(uid);
    await world.reported(world.release({ 'db.yaml': set('one') }));
  });
});

describe('what goes out of git', () => {
  it('leaves a namespace where it is, with what others have in it', async () => {
    const { world } = current;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    await world.reported(world.release({ 'ns.yaml': namespace, 'a.yaml': configMap('a', {}, { namespace: 'shop' }), 'b.yaml': configMap('b') }), {}, world.clusterAgent());
    await world.make('/api/v1/namespaces/shop/configmaps', configMap('foreign'));
    await world.reported(world.release({ 'ns.yaml': null, 'a.yaml': null }));
    expect([world.object('namespaces', 'shop') !== undefined, world.object('configmaps', 'a', 'shop'), world.object('configmaps', 'foreign', 'shop') !== undefined]).toEqual([true, undefined, true]);
    await until(() => world.report?.drift.some(({ object, kind }) => object === 'Namespace shop' && kind === 'foreign'), () => world.report);
  });

  it('stays when somebody has taken our label from it', async () => {
    const { world } = current;
    world.control.assign({ drift: 'report' });
    await world.reported(world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') }), {}, world.clusterAgent());
    await world.byHand('/api/v1/namespaces/default/configmaps/a', { metadata: { labels: { 'sluice.dev/cluster': 'another' } } });
    await world.reported(world.release({ 'a.yaml': null }));
    expect(world.maps('a', 'b')).toEqual(['a', 'b']);
  });
});

describe('objects of another agent', () => {
  it('are not taken over, unless that is said', async () => {
    const { world } = current;
    await world.make('/api/v1/namespaces/default/configmaps', configMap('a', { a: 'theirs' }, { labels: { 'sluice.dev/cluster': 'prod-us', 'sluice.dev/environment': 'prod' } }));
    const commit = world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    const agent = world.clusterAgent();
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, agent);
    expect(world.report?.resources[0]?.message).toContain('belongs to the agent of the cluster prod-us');
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: 'theirs' } });
    await agent.kill();
    world.clusterAgent({ SLUICE_ADOPT: 'true' });
    await world.reported(commit);
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: '1' } });
  });
});

describe('files', () => {
  it('that cannot be read are named, and nothing is deleted meanwhile', async () => {
    const { world } = current;
    await world.reported(world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') }), {}, world.clusterAgent());
    const commit = world.release({ 'a.yaml': 'kind: ConfigMap\n  metadata: {', 'b.yaml': configMap('b', { b: '2' }) });
    await world.reported(commit, { phase: 'failed', health: 'Failed' });
    expect(world.report?.resources).toMatchObject([{ path: 'a.yaml', message: expect.stringMatching(/^a\.yaml: .*line \d/) as string }]);
    expect(world.maps('a', 'b')).toEqual(['a', 'b']);
    expect(world.object('configmaps', 'b')).toMatchObject({ data: { b: '2' } });
  });

  it('that are no manifests do not matter, and lists are their items', async () => {
    const { world } = current;
    const list = { apiVersion: 'v1', kind: 'List', items: [configMap('a'), configMap('b')] };
    const commit = world.release({ 'all.yaml': list, 'values.yaml': 'replicas: 3\n', 'package.json': '{"name": "x"}', 'README.md': '# hello', '.github/ci.yml': 'on: push\n', 'notes.txt': 'kind: Pod' });
    await world.reported(commit, {}, world.clusterAgent());
    expect(world.maps('a', 'b')).toEqual(['a', 'b']);
  });

  it('of a chart need helm, and say so where there is none', async () => {
    const { world } = current;
    const commit = world.release({ 'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', 'chart/templates/a.yaml': 'kind: {{ .Values.kind }}\n', 'b.yaml': configMap('b') });
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, world.clusterAgent({ PATH: '/usr/bin:/bin' }));
    expect(world.report?.resources).toMatchObject([{ path: 'chart/Chart.yaml', message: expect.stringContaining('helm is not installed') as string }]);
    expect(world.maps('b')).toEqual(['b']);
  });
});

describe('an agent that starts again', () => {
  it('compares once and writes nothing', async () => {
    const { world } = current;
    const commit = world.release(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`m${index}.yaml`, configMap(`m${index}`)])));
    const agent = world.clusterAgent();
    await world.reported(commit, {}, agent);
    await agent.kill();
    world.cluster.forgetRequests();
    const next = world.clusterAgent();
    await until(() => world.cluster.requests().filter(({ verb }) => verb === 'watch').length > 0 && world.cluster.requests().filter(({ verb }) => verb === 'list').length > 4, next.output);
    const writes = world.cluster.requests().filter(({ verb, dryRun, resource }) => ['patch', 'delete', 'create'].includes(verb) && !dryRun && !resource.startsWith('selfsubject'));
    expect(writes).toEqual([]);
    expect(world.cluster.requests().filter(({ dryRun }) => dryRun)).toHaveLength(30);
  });

  it('finishes what SIGTERM has stopped between two objects', async () => {
    const { world } = current;
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`m${index}.yaml`, configMap(`m${index}`)]));
    const slow = world.cluster.inject({ fault: { kind: 'latency', ms: 80 }, of: ({ verb }) => verb === 'patch' });
    const commit = world.release(many);
    const agent = world.clusterAgent();
    await until(() => world.maps('m0', 'm1', 'm10', 'm20').length > 1, agent.output);
    expect(await agent.kill('SIGTERM')).toBe(0);
    slow();
    world.clusterAgent();
    await world.reported(commit);
    expect(world.maps(...Object.keys(many).map((path) => path.replace('.yaml', '')))).toHaveLength(80);
  });
});

describe('an API server that is slow', () => {
  it('is waited for', async () => {
    const { world } = current;
    world.cluster.inject({ fault: { kind: 'latency', ms: 400 } });
    await world.reported(world.release({ 'a.yaml': configMap('a'), 'web.yaml': deployment('web') }), {}, world.clusterAgent());
  });
});
