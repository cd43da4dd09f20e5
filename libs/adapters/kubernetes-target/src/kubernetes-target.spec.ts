import { testCluster } from './double.fixture.js';
import { COMMIT, configMap, deployment, filesOf, maps, NEXT, openTarget, SHOPS } from './target.fixture.js';

const cluster = testCluster({ cluster: { fails: (image) => image.endsWith(':broken') } });
const open = (options = {}) => openTarget(cluster.access(), options);
const WELL = { failed: [] };

describe('a commit', () => {
  it('is applied, and remembered by the cluster itself', async () => {
    const target = await open();
    expect(await target.applied()).toBeUndefined();
    expect(await target.apply(COMMIT, filesOf({ 'a.yaml': configMap('a', { x: '1' }), 'b.yaml': configMap('b') }))).toEqual({ written: 2, deleted: 0, unchanged: 0, failed: [] });
    expect(maps(cluster.double, 'a')).toEqual(['{"x":"1"}']);
    expect(cluster.double.stored('', 'configmaps', 'default', 'a')?.metadata).toMatchObject({ labels: { 'sluice.dev/cluster': 'prod-eu', 'sluice.dev/environment': 'prod' } });
    expect([await target.applied(), await target.owned()]).toEqual([COMMIT, 2]);
    expect([await (await open()).applied(), await (await open()).owned()]).toEqual([COMMIT, 2]);
  });

  it('changes what it changes, and deletes what it has no longer', async () => {
    const target = await open();
    await target.apply(COMMIT, filesOf({ 'a.yaml': configMap('a', { x: '1' }), 'b.yaml': configMap('b') }));
    expect(await target.apply(NEXT, filesOf({ 'a.yaml': configMap('a', { x: '2' }), 'c.yaml': configMap('c') }))).toEqual({ written: 2, deleted: 1, unchanged: 0, failed: [] });
    expect(maps(cluster.double, 'a', 'b', 'c')).toEqual(['{"x":"2"}', undefined, expect.any(String)]);
    expect(await target.owned()).toBe(2);
  });

  it('costs next to nothing when nothing has changed', async () => {
    const files = filesOf(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}.yaml`, configMap(`m${index}`, { a: 'x' })])));
    const target = await open();
    await target.apply(COMMIT, files);
    cluster.double.forgetRequests();
    expect(await target.drift({ files: async () => files })).toEqual([]);
    expect(cluster.double.requestCounts()).toEqual({ 'list configmaps': 1 });
    expect(await target.apply(COMMIT, files)).toEqual({ written: 0, deleted: 0, unchanged: 300, failed: [] });
    expect(cluster.double.requestCounts()).toEqual({ 'list configmaps': 2 });
  });

  it('leaves an aggregated ClusterRole its rules, which the control plane writes', async () => {
    const group = 'rbac.authorization.k8s.io';
    const reader = { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: 'reader', labels: { part: 'yes' } }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] };
    const whole = { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: 'whole' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] }, rules: [] };
    const [target, files] = [await open(), filesOf({ 'reader.yaml': reader, 'whole.yaml': whole })];
    expect(await target.apply(COMMIT, files)).toMatchObject({ written: 2, failed: [] });
    await cluster.double.cluster.settled();
    expect(cluster.double.stored(group, 'clusterroles', '', 'whole')).toMatchObject({ rules: reader.rules });
    expect(await target.drift({ deep: true, files: async () => files })).toEqual([]);
    await target.apply(NEXT, files);
    expect(cluster.double.stored(group, 'clusterroles', '', 'whole')).toMatchObject({ rules: reader.rules });
  });

  it('does not run a Job again that the cluster has removed because it was done; another content is another run', async () => {
    const job = (image: string) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate', annotations: { 'sluice.dev/wave': '-1' } }, spec: { ttlSecondsAfterFinished: 60, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image }] } } } });
    const files = (image: string) => filesOf({ 'job.yaml': job(image), 'a.yaml': configMap('a') });
    const stored = () => cluster.double.stored('batch', 'jobs', 'default', 'migrate');
    const removeByTtl = async () => {
      await cluster.client().delete({ path: '/apis/batch/v1/namespaces/default/jobs', as: undefined }, 'migrate', { propagation: 'Background' });
      await cluster.double.cluster.settled();
    };
    const target = await open();
    expect(await target.apply(COMMIT, files('app:1'))).toMatchObject({ written: 2, failed: [] });
    await cluster.double.cluster.settled();
    await target.drift({ files: async () => files('app:1') });
    await removeByTtl();
    const fresh = await open();
    for (const one of [target, fresh]) {
      expect(await one.drift({ deep: true, files: async () => files('app:1') })).toEqual([]);
      expect(await one.health()).toEqual([]);
    }
    expect(await fresh.apply(COMMIT, files('app:1'))).toMatchObject({ failed: [] });
    expect(stored()).toBeUndefined();
    expect(await fresh.apply(NEXT, files('app:2'))).toMatchObject({ failed: [] });
    expect(stored()).toBeDefined();
  });

  it('refuses what is only a question, and applies the rest', async () => {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: { name: 'a' }, spec: {} };
    const result = await (await open()).apply(COMMIT, filesOf({ 'review.yaml': review, 'a.yaml': configMap('a') }));
    expect(result).toMatchObject({ written: 1, failed: [{ path: 'review.yaml', message: expect.stringMatching(/lets no SelfSubjectAccessReview be kept: its kind has no get, list, patch, delete/) as string }] });
  });

  it('takes over what kubectl had applied on the client’s side: what git does not have of it goes, what others have set stays', async () => {
    const at = { path: '/api/v1/namespaces/default/configmaps', as: undefined };
    const last = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, data: { kept: '1', gone: '1' } });
    const byKubectl = { ...configMap('a', { kept: '1', gone: '1' }), metadata: { name: 'a', namespace: 'default', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': last } } };
    await cluster.client().create({ ...at, path: `${at.path}?fieldManager=kubectl-client-side-apply` }, byKubectl);
    await cluster.client().apply({ ...at, path: at.path }, 'b', { body: JSON.stringify(configMap('b')) });
    const target = await open();
    expect(await target.apply(COMMIT, filesOf({ 'a.yaml': configMap('a', { kept: '1', new: '1' }) }))).toMatchObject({ written: 1, failed: [] });
    expect(maps(cluster.double, 'a')).toEqual(['{"kept":"1","new":"1"}']);
    const { metadata } = cluster.double.stored('', 'configmaps', 'default', 'a') as unknown as { metadata: { annotations?: object; managedFields: readonly { manager: string }[] } };
    expect([metadata.annotations ?? {}, metadata.managedFields.map(({ manager }) => manager)]).toEqual([{}, ['sluice']]);
    expect(await target.drift({ files: async () => filesOf({ 'a.yaml': configMap('a', { kept: '1', new: '1' }) }) })).toEqual([]);
    await target.apply(NEXT, filesOf({ 'a.yaml': configMap('a', { new: '1' }) }));
    expect(maps(cluster.double, 'a')).toEqual(['{"new":"1"}']);
  });

  it('applies what is good when something is bad, and deletes nothing meanwhile', async () => {
    const target = await open();
    await target.apply(COMMIT, filesOf({ 'old.yaml': configMap('old') }));
    const bad = { ...configMap('Bad'), metadata: { name: 'Bad_Name' } };
    const result = await target.apply(NEXT, filesOf({ 'bad.yaml': bad, 'good.yaml': configMap('good') }));
    expect(result).toMatchObject({ written: 1, deleted: 0, failed: [{ path: 'bad.yaml', object: 'ConfigMap default/Bad_Name', message: expect.stringContaining('Bad_Name') as string }] });
    expect(maps(cluster.double, 'good', 'old')).toEqual([expect.any(String), expect.any(String)]);
    expect(await target.applied()).toBeUndefined();
    expect(await target.apply(NEXT, filesOf({ 'good.yaml': configMap('good') }))).toMatchObject({ deleted: 1, failed: [] });
  });

  it('deletes nothing when a file cannot be read', async () => {
    const target = await open();
    await target.apply(COMMIT, filesOf({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') }));
    expect(await target.apply(NEXT, filesOf({ 'a.yaml': 'kind: [', 'b.yaml': configMap('b') }))).toMatchObject({ deleted: 0, failed: [{ path: 'a.yaml' }] });
    expect(maps(cluster.double, 'a')).toEqual([expect.any(String)]);
  });

  it('never empties the cluster unless that is allowed', async () => {
    await (await open()).apply(COMMIT, filesOf({ 'a.yaml': configMap('a') }));
    expect(await (await open()).apply(NEXT, filesOf({ 'README.md': 'nothing' }))).toMatchObject({ deleted: 0, failed: [{ message: expect.stringContaining('would delete all 1') as string }] });
    expect(await (await open({ allowEmpty: true })).apply(NEXT, filesOf({ 'README.md': 'nothing' }))).toMatchObject({ deleted: 1, ...WELL });
  });

  it('may define a kind and have objects of it, in any order of files', async () => {
    const shop = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'main', namespace: 'shop' }, spec: { size: 3 } };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const target = await open();
    expect(await target.apply(COMMIT, filesOf({ 'a.yaml': shop, 'b.yaml': SHOPS, 'c.yaml': namespace }))).toEqual({ written: 3, deleted: 0, unchanged: 0, failed: [] });
    expect(cluster.double.stored('example.com', 'shops', 'shop', 'main')).toMatchObject({ spec: { size: 3 } });
    expect(await target.drift({ files: async () => [] })).toEqual([]);
  });

  it('names a kind that nobody serves', async () => {
    const target = await open();
    const shop = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'main' } };
    expect(await target.apply(COMMIT, filesOf({ 'a.yaml': shop, 'b.yaml': configMap('b') }))).toMatchObject({ written: 1, failed: [{ path: 'a.yaml', message: 'the cluster has no kind Shop in example.com/v1, and the commit does not define it' }] });
  });

  it('waits with what depends on something that is not ready', async () => {
    const target = await open({ patience: { established: 1_000, current: 300 } });
    const web = configMap('web', {}, { annotations: { 'sluice.dev/depends-on': 'apps/Deployment/default/db' } });
    const first = await target.apply(COMMIT, filesOf({ 'db.yaml': deployment('db', 'db:broken'), 'web.yaml': web }));
    expect(first).toMatchObject({ failed: [{ path: 'web.yaml', waits: true, message: expect.stringMatching(/^waits for Deployment.apps default\/db: /) as string }] });
    expect(maps(cluster.double, 'web')).toEqual([undefined]);
    expect(await target.apply(NEXT, filesOf({ 'db.yaml': deployment('db', 'db:2'), 'web.yaml': web }))).toMatchObject(WELL);
    expect(maps(cluster.double, 'web')).toEqual([expect.any(String)]);
  });

  it('makes a Job again whose template has changed, which cannot be changed in place', async () => {
    const job = (image: string) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image }] } } } });
    const target = await open();
    await target.apply(COMMIT, filesOf({ 'job.yaml': job('a:1') }));
    const { uid } = cluster.double.stored('batch', 'jobs', 'default', 'migrate')!.metadata;
    expect(await target.apply(NEXT, filesOf({ 'job.yaml': job('a:2') }))).toMatchObject({ written: 1, ...WELL });
    const next = cluster.double.stored('batch', 'jobs', 'default', 'migrate');
    expect(next?.metadata.uid).not.toBe(uid);
    expect(JSON.stringify(next)).toContain('a:2');
  });

  it('does not delete what was there before it, to make it again', async () => {
    const foreign = deployment('web');
    await cluster.client().apply({ path: '/apis/apps/v1/namespaces/default/deployments', as: undefined }, 'web', { body: JSON.stringify(foreign) });
    const other = { ...foreign, spec: { ...foreign.spec, selector: { matchLabels: { app: 'x' } }, template: { ...foreign.spec.template, metadata: { labels: { app: 'x' } } } } };
    const target = await open();
    expect(await target.apply(COMMIT, filesOf({ 'web.yaml': other }))).toMatchObject({ written: 0, failed: [{ message: expect.stringContaining('was not applied by this agent') as string }] });
    expect(cluster.double.stored('apps', 'deployments', 'default', 'web')).toMatchObject({ spec: { selector: { matchLabels: { app: 'web' } } } });
  });

  it('keeps whole numbers exactly', async () => {
    const crd = { ...SHOPS, spec: { ...SHOPS.spec, versions: [{ ...SHOPS.spec.versions[0], schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } }] } };
    const target = await open();
    await target.apply(COMMIT, filesOf({ 'crd.yaml': crd, 'a.yaml': 'apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: big}\nspec: {size: 1234567890123456}\n' }));
    expect(cluster.double.stored('example.com', 'shops', 'default', 'big')).toMatchObject({ spec: { size: 1234567890123456 } });
  });
});

describe('drift', () => {
  const files = filesOf({ 'a.yaml': configMap('a', { x: '1' }), 'web.yaml': deployment('web') });
  const lookup = { files: async () => files };
  const at = { path: '/api/v1/namespaces/default/configmaps', as: undefined };

  it('is seen field by field of what the commit wants, and taken back', async () => {
    const target = await open();
    await target.apply(COMMIT, files);
    await change('a', { data: { x: 'by hand' } });
    expect(await target.drift(lookup)).toMatchObject([{ path: 'a.yaml', object: 'ConfigMap default/a', kind: 'modified', diff: { fields: [{ field: 'data.x', wanted: '"1"', live: '"by hand"' }] } }]);
    expect(await target.apply(COMMIT, files)).toMatchObject({ written: 1 });
    expect(maps(cluster.double, 'a')).toEqual(['{"x":"1"}']);
    expect(await target.drift(lookup)).toEqual([]);
  });

  it('is none when controllers do their work, or others add what the commit says nothing of', async () => {
    const target = await open();
    await target.apply(COMMIT, files);
    await cluster.double.cluster.settled();
    await change('a', { data: { extra: 'mine' } });
    expect(await target.drift(lookup)).toEqual([]);
    cluster.double.forgetRequests();
    expect(await target.drift(lookup)).toEqual([]);
    expect(Object.keys(cluster.double.requestCounts()).every((key) => key.startsWith('list '))).toBe(true);
  });

  it('is none in fields that are ignored, which an apply leaves as they are', async () => {
    const target = await open();
    await target.apply(COMMIT, files);
    await change('a', { data: { x: 'by hand' } });
    const ignore = [{ kind: 'ConfigMap', path: ['data', 'x'] }];
    expect(await target.drift({ ...lookup, ignore })).toEqual([]);
    const next = filesOf({ 'a.yaml': configMap('a', { x: '1', y: '2' }), 'web.yaml': deployment('web') });
    await target.apply(NEXT, next, { ignore });
    expect(maps(cluster.double, 'a')).toEqual(['{"x":"by hand","y":"2"}']);
    expect(await target.drift({ files: async () => next })).toMatchObject([{ kind: 'modified' }]);
  });

  it('is an object that is gone, and not one that only a list lacks', async () => {
    const target = await open();
    await target.apply(COMMIT, files);
    cluster.double.inject({ fault: { kind: 'empty list' }, times: 10 });
    expect(await target.drift(lookup)).toEqual([]);
    await cluster.client().delete(at, 'a', { propagation: 'Background' });
    expect(await target.drift(lookup)).toEqual([{ path: 'a.yaml', object: 'ConfigMap default/a', kind: 'missing' }]);
  });

  it('is seen by an agent that has just started', async () => {
    await (await open()).apply(COMMIT, files);
    await change('a', { data: { x: 'by hand' } });
    expect(await (await open()).drift(lookup)).toMatchObject([{ path: 'a.yaml', object: 'ConfigMap default/a', kind: 'modified' }]);
  });

  it('is told by watches, which also follow what is new', async () => {
    const target = await open();
    let told = 0;
    const stop = await target.watch(() => (told += 1));
    await target.apply(COMMIT, files);
    while (cluster.double.openWatches.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await cluster.double.cluster.settled();
    await target.drift(lookup);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = told;
    await change('a', { data: { x: 'by hand' } });
    while (told === before) await new Promise((resolve) => setTimeout(resolve, 5));
    await stop();
    expect(cluster.double.openWatches).toEqual([]);
  });

  async function change(name: string, patch: object): Promise<void> {
    const { fetch, Agent } = await import('undici');
    const response = await fetch(`${cluster.double.url}${at.path}/${name}`, { method: 'PATCH', body: JSON.stringify(patch), headers: { authorization: `Bearer ${cluster.double.adminToken}`, 'content-type': 'application/merge-patch+json' }, dispatcher: new Agent({ connect: { ca: cluster.double.authority } }) });
    expect(response.status).toBe(200);
  }
});

it('asks only for what a watch has told of, while that is enough', async () => {
  const files = filesOf({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b'), 'web.yaml': deployment('web') });
  const target = await open();
  const stop = await target.watch(() => undefined);
  await target.apply(COMMIT, files);
  while (cluster.double.openWatches.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await cluster.double.cluster.settled();
  await target.drift({ files: async () => files });
  await target.drift({ files: async () => files });
  cluster.double.forgetRequests();
  await cluster.client().delete({ path: '/api/v1/namespaces/default/configmaps', as: undefined }, 'a', { propagation: 'Background' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await target.drift({ files: async () => files })).toMatchObject([{ object: 'ConfigMap default/a', kind: 'missing' }]);
  expect(cluster.double.requestCounts()).toEqual({ 'delete configmaps': 1, 'get configmaps': 1 });
  await stop();
});

describe('health', () => {
  it('is that of each object, as the cluster goes on', async () => {
    const files = filesOf({ 'web.yaml': deployment('web'), 'a.yaml': configMap('a') });
    const target = await open();
    cluster.double.cluster.pause();
    await target.apply(COMMIT, files);
    expect(await target.health()).toEqual([{ path: 'web.yaml', object: 'Deployment.apps default/web', status: 'InProgress', message: expect.any(String) as string }]);
    cluster.double.cluster.resume();
    await cluster.double.cluster.settled();
    expect(await target.drift({ files: async () => files })).toEqual([]);
    expect(await target.health()).toEqual([]);
  });
});
