import { describeWithProgram } from '@sluice/testing';
import { clusterWorld, configMap, deployment, until } from './cluster-world.fixture.js';

const current = clusterWorld({ cluster: { fails: (image) => image.endsWith(':broken') } });

describe('a cluster is kept like its branch', () => {
  it('has what the first commit has, and the report says that it is well', async () => {
    const { world } = current;
    const commit = world.release({ 'apps/web/web.yaml': deployment('web'), 'apps/web/config.yaml': configMap('web') });
    const agent = world.clusterAgent();
    await world.reported(commit, {}, agent);
    expect(world.deployment('web')).toMatchObject({ spec: { replicas: 2 }, metadata: { labels: { 'sluice.dev/cluster': 'prod-eu', 'sluice.dev/environment': 'prod' } } });
    expect(world.report?.resources).toEqual([]);
  });

  it('follows a change and deletes what git has no longer', async () => {
    const { world } = current;
    await world.reported(world.release({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') }), {}, world.clusterAgent());
    await world.reported(world.release({ 'a.yaml': configMap('a', { a: '2' }), 'b.yaml': null, 'c.yaml': configMap('c') }));
    expect(world.maps('a', 'b', 'c')).toEqual(['a', 'c']);
    expect(world.object('configmaps', 'a')).toMatchObject({ data: { a: '2' } });
  });

  it('says which object is on its way, and then that it is there', async () => {
    const { world } = current;
    world.cluster.cluster.pause();
    const commit = world.release({ 'apps/web/web.yaml': deployment('web') });
    const agent = world.clusterAgent();
    await world.reported(commit, { health: 'InProgress' }, agent);
    expect(world.report?.resources).toEqual([{ path: 'apps/web/web.yaml', object: 'Deployment.apps default/web', status: 'InProgress', message: expect.stringMatching(/./) as string }]);
    world.cluster.cluster.resume();
    await world.reported(commit);
  });

  it('says which object has failed, and recovers with the next commit', async () => {
    const { world } = current;
    const broken = world.release({ 'apps/web/web.yaml': { ...deployment('web', 'web:broken') }, 'apps/db/db.yaml': configMap('db') });
    const agent = world.clusterAgent();
    await until(() => world.report?.commit === broken && world.report.resources.some(({ object }) => object === 'Deployment.apps default/web'), () => [world.report, agent.output().slice(-1_000)]);
    await world.reported(world.release({ 'apps/web/web.yaml': deployment('web', 'web:2') }));
  });

  it('applies what is good beside what the server refuses, and deletes nothing until all is well', async () => {
    const { world } = current;
    await world.reported(world.release({ 'old.yaml': configMap('old') }), {}, world.clusterAgent());
    const commit = world.release({ 'old.yaml': null, 'bad.yaml': configMap('Not_A_Name'), 'good.yaml': configMap('good') });
    await world.reported(commit, { phase: 'failed', health: 'Failed' });
    expect(world.report).toMatchObject({ message: '1 object could not be applied', resources: [{ path: 'bad.yaml', object: 'ConfigMap default/Not_A_Name', status: 'Failed' }] });
    expect(world.maps('old', 'good')).toEqual(['old', 'good']);
    await world.reported(world.release({ 'bad.yaml': null }));
    expect(world.maps('old', 'good')).toEqual(['good']);
  });

  it('takes a kind and objects of it in one commit, and a namespace with what is in it', async () => {
    const { world } = current;
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'shops.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'shops', singular: 'shop', kind: 'Shop', listKind: 'ShopList' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } } }] } };
    const shop = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'main', namespace: 'shop' }, spec: { size: 3 } };
    const commit = world.release({ 'a-shop.yaml': shop, 'z-crd.yaml': definition, 'namespace.yaml': { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } });
    const agent = world.clusterAgent();
    // nothing reports on a Shop: whether it is well, only its user can say
    await world.reported(commit, { health: 'InProgress' }, agent);
    expect(world.cluster.stored('example.com', 'shops', 'shop', 'main')).toMatchObject({ spec: { size: 3 } });
    await agent.kill();
    world.clusterAgent({ SLUICE_HEALTH_RULES: JSON.stringify([{ apiVersion: 'example.com/v1', kind: 'Shop', current: 'object.spec.size > 2' }]) });
    await world.reported(commit);
  });

  it('counts a custom resource as well when the pipeline says so, and as the machine says where it knows better', async () => {
    const { world } = current;
    const rule = { apiVersion: 'example.com/v1', kind: 'Shop' };
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'shops.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'shops', singular: 'shop', kind: 'Shop', listKind: 'ShopList' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } } }] } };
    const commit = world.release({ 'shop.yaml': { ...rule, metadata: { name: 'main' }, spec: { size: 3 } }, 'crd.yaml': definition });
    const agent = world.clusterAgent();
    await world.reported(commit, { health: 'InProgress' }, agent);
    world.control.assign({ healthRules: [{ ...rule, current: 'object.spec.size > 2' }] });
    await world.reported(commit, {}, agent);
    world.control.assign({ healthRules: [{ ...rule, failed: 'object.spec.size == 3' }] });
    await world.reported(commit, { health: 'Failed' }, agent);
    expect(world.report?.resources).toMatchObject([{ object: 'Shop.example.com default/main', message: expect.stringContaining('object.spec.size == 3') as string }]);
    await agent.kill();
    world.clusterAgent({ SLUICE_HEALTH_RULES: JSON.stringify([{ ...rule, current: 'object.spec.size > 0' }]) });
    await world.reported(commit);
  });

  it('never deletes everything because a commit has no objects any more', async () => {
    const { world } = current;
    await world.reported(world.release({ 'a.yaml': configMap('a'), README: 'hello' }), {}, world.clusterAgent());
    const commit = world.release({ 'a.yaml': null });
    await world.reported(commit, { phase: 'failed', health: 'Failed' });
    expect(world.report?.resources[0]?.message).toContain('would delete all 1');
    expect(world.maps('a')).toEqual(['a']);
  });

  it('keeps what is to be kept when git no longer has it', async () => {
    const { world } = current;
    await world.reported(world.release({ 'a.yaml': configMap('a', {}, { annotations: { 'sluice.dev/prune': 'disabled' } }), 'b.yaml': configMap('b') }), {}, world.clusterAgent());
    await world.reported(world.release({ 'a.yaml': null }));
    expect(world.maps('a', 'b')).toEqual(['a', 'b']);
    await until(() => world.report?.drift.length === 1, () => world.report);
    expect(world.report?.drift).toMatchObject([{ object: 'ConfigMap default/a', kind: 'foreign', reverted: false }]);
  });
});

describeWithProgram('kubectl', 'a kustomization', () => {
  it('is rendered, and its files do not count on their own', async () => {
    const { world } = current;
    const commit = world.release({ 'apps/web/kustomization.yaml': 'namePrefix: eu-\nresources: [config.yaml]\n', 'apps/web/config.yaml': configMap('web') });
    const agent = world.clusterAgent();
    await world.reported(commit, {}, agent);
    expect(world.maps('web', 'eu-web')).toEqual(['eu-web']);
  });
});
