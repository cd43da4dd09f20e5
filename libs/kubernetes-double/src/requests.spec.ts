import { Client, configMap, deployment } from './double-client.fixture.js';
import { KubernetesDouble } from './kubernetes-double.js';

const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

describe('requests for objects', () => {
  let double: KubernetesDouble;
  let client: Client;

  beforeEach(async () => {
    double = await KubernetesDouble.start();
    client = new Client(double);
  });

  afterEach(async () => {
    await client.close();
    await double.stop();
  });

  it('are served over TLS with an authority of its own, and nobody without a token may do anything', async () => {
    expect((await client.ask('/readyz')).text).toBe('ok');
    expect(await client.ask(MAPS, { token: '' })).toMatchObject({ code: 403, body: { reason: 'Forbidden', message: expect.stringContaining('User "system:anonymous" cannot list resource "configmaps"') } });
    expect(await client.ask(MAPS, { token: 'wrong' })).toMatchObject({ code: 401, body: { kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 } });
    await expect(fetch(`${double.url}/readyz`)).rejects.toThrow();
  });

  it('create, read, change and delete an object', async () => {
    const created = await client.post(MAPS, configMap('settings', { level: 'info' }));
    expect(created).toMatchObject({ code: 201, body: { kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'default', uid: expect.any(String), creationTimestamp: expect.any(String) } } });
    const { body } = await client.ask(`${MAPS}/settings`);
    const changed = await client.put(`${MAPS}/settings`, { ...body, data: { level: 'debug' } });
    expect(changed).toMatchObject({ code: 200, body: { data: { level: 'debug' } } });
    expect(await client.put(`${MAPS}/settings`, { ...body, data: { level: 'warn' } })).toMatchObject({
      code: 409,
      body: { reason: 'Conflict', message: 'Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again' },
    });
    expect(await client.delete(`${MAPS}/settings`)).toMatchObject({ code: 200, body: { kind: 'Status', status: 'Success', details: { name: 'settings', kind: 'configmaps' } } });
    expect(await client.ask(`${MAPS}/settings`)).toMatchObject({ code: 404, body: { reason: 'NotFound', message: 'configmaps "settings" not found', details: { name: 'settings', kind: 'configmaps' } } });
    expect(double.unexpected()).toEqual([]);
  });

  it('are refused with the Status of a real server', async () => {
    await client.post(MAPS, configMap('settings'));
    expect(await client.post(MAPS, configMap('settings'))).toMatchObject({ code: 409, body: { reason: 'AlreadyExists', message: 'configmaps "settings" already exists' } });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
    expect(await client.post('/api/v1/namespaces/default/secrets', { ...secret, data: { a: 'no base64' } })).toMatchObject({ code: 400, body: { message: 'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 2' } });
    expect(await client.post('/api/v1/namespaces/default/secrets', { ...secret, stringData: { a: 'b' } })).toMatchObject({ code: 201, body: { type: 'Opaque', data: { a: 'Yg==' } } });
    expect(await client.post('/api/v1/namespaces/nowhere/configmaps', configMap('settings'))).toMatchObject({ code: 404, body: { message: 'namespaces "nowhere" not found' } });
    expect(await client.post(MAPS, configMap('No Good'))).toMatchObject({ code: 422, body: { reason: 'Invalid', details: { kind: 'ConfigMap', causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] } } });
    expect(await client.post(DEPLOYMENTS, deployment('web', { selector: null }))).toMatchObject({ code: 422, body: { message: expect.stringContaining('spec.selector: Required value') } });
    expect(await client.post(`${DEPLOYMENTS}?fieldValidation=Strict`, deployment('web', { replica: 2 }))).toMatchObject({
      code: 400,
      body: { reason: 'BadRequest', message: 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"' },
    });
    const warned = await client.post(DEPLOYMENTS, deployment('web', { replica: 2 }));
    expect(warned).toMatchObject({ code: 201 });
    expect(warned.headers.get('warning')).toBe('299 - "unknown field \\"spec.replica\\""');
    expect(warned.body).not.toHaveProperty('spec.replica');
    expect(await client.post(DEPLOYMENTS, deployment('api', { replicas: 'two' }))).toMatchObject({ code: 400, body: { message: expect.stringContaining('cannot unmarshal string into Go struct field spec.replicas of type int32') } });
  });

  it('of unknown paths, verbs and parameters are answered with an error and remembered', async () => {
    expect(await client.ask('/apis/example.com/v1/things')).toMatchObject({ code: 404, text: '404 page not found\n' });
    expect(await client.ask('/api/v1/things')).toMatchObject({ code: 404, body: { message: 'the server could not find the requested resource' } });
    expect(await client.ask(`${MAPS}?labelselector=a`)).toMatchObject({ code: 400 });
    expect(await client.ask(MAPS, { method: 'PUT', body: {} })).toMatchObject({ code: 405, body: { reason: 'MethodNotAllowed' } });
    expect(await client.ask(`${MAPS}/x`, { method: 'PATCH', body: {}, type: 'application/strategic-merge-patch+json' })).toMatchObject({ code: 501, body: { message: expect.stringContaining('strategic-merge-patch') } });
    expect(await client.ask(MAPS, { headers: { accept: 'application/vnd.kubernetes.protobuf' } })).toMatchObject({ code: 406 });
    expect(double.unexpected()).toHaveLength(6);
  });

  it('get defaults, and count generations of the spec only', async () => {
    const { body } = await client.post(DEPLOYMENTS, deployment('web'));
    expect(body).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 1, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } }, template: { spec: { containers: [{ imagePullPolicy: 'IfNotPresent' }] } } } });
    expect((await client.merge(`${DEPLOYMENTS}/web`, { metadata: { labels: { a: 'b' } } })).body).toMatchObject({ metadata: { generation: 1, labels: { a: 'b' } } });
    expect((await client.merge(`${DEPLOYMENTS}/web`, { spec: { replicas: 3 } })).body).toMatchObject({ metadata: { generation: 2 } });
    const before = await client.ask(`${DEPLOYMENTS}/web`);
    await double.cluster.settled();
    const settled = await client.merge(`${DEPLOYMENTS}/web`, { spec: { replicas: 3 } });
    expect(settled.body).toMatchObject({ metadata: { generation: 2, uid: (before.body['metadata'] as { uid: string }).uid }, status: { readyReplicas: 3 } });
    expect(await client.merge(`${DEPLOYMENTS}/web`, { spec: { selector: { matchLabels: { app: 'other' } } } })).toMatchObject({ code: 422, body: { message: expect.stringContaining('field is immutable') } });
  });

  it('patch by JSON patch, and refuse a test that fails', async () => {
    await client.post(MAPS, configMap('settings', { level: 'info' }));
    const patch = (operations: { op: string; path: string; value: string }[]) => client.ask(`${MAPS}/settings`, { method: 'PATCH', body: operations, type: 'application/json-patch+json' });
    expect(await patch([{ op: 'replace', path: '/data/level', value: 'debug' }])).toMatchObject({ code: 200, body: { data: { level: 'debug' } } });
    expect(await patch([{ op: 'test', path: '/data/level', value: 'info' }])).toMatchObject({ code: 422 });
  });

  it('list by pages, which expire', async () => {
    for (const name of ['a', 'b', 'c']) await client.post(MAPS, configMap(name));
    const first = await client.ask(`${MAPS}?limit=2`);
    expect(first.body).toMatchObject({ kind: 'ConfigMapList', metadata: { remainingItemCount: 2 }, items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] });
    const token = (first.body['metadata'] as { continue: string }).continue;
    expect((await client.ask(`${MAPS}?limit=2&continue=${token}`)).body).toMatchObject({ items: [{ metadata: { name: 'c' } }, { metadata: { name: 'kube-root-ca.crt' } }] });
    double.expire();
    const gone = await client.ask(`${MAPS}?limit=2&continue=${token}`);
    expect(gone).toMatchObject({ code: 410, body: { reason: 'Expired', metadata: { continue: expect.any(String) } } });
  });

  it('list by labels and fields, and as metadata only', async () => {
    await client.post(MAPS, { ...configMap('a'), metadata: { name: 'a', labels: { tier: 'web', 'sluice.dev/lane': 'dev' } } });
    await client.post(MAPS, configMap('b'));
    const names = async (query: string) => ((await client.ask(`${MAPS}?${query}`)).body['items'] as { metadata: { name: string } }[]).map((item) => item.metadata.name);
    expect(await names('labelSelector=tier%3Dweb')).toEqual(['a']);
    expect(await names('labelSelector=tier%20in%20(web,api),sluice.dev/lane')).toEqual(['a']);
    expect(await names('labelSelector=!tier')).toEqual(['b', 'kube-root-ca.crt']);
    expect(await names('fieldSelector=metadata.name%3Db')).toEqual(['b']);
    expect(await client.ask(`${MAPS}?fieldSelector=data.x%3Db`)).toMatchObject({ code: 400 });
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const partial = await client.ask(`${MAPS}?labelSelector=tier`, { headers: { accept } });
    expect(partial.body).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'a' } }] });
    expect(partial.body).not.toHaveProperty('items.0.data');
  });

  it('delete with preconditions and finalizers', async () => {
    const { body } = await client.post(MAPS, { ...configMap('kept'), metadata: { name: 'kept', finalizers: ['example.com/hold'] } });
    expect(await client.delete(`${MAPS}/kept`, { preconditions: { uid: 'another' } })).toMatchObject({ code: 409, body: { message: expect.stringContaining('the UID in the precondition (another) does not match the UID in record') } });
    const uid = (body['metadata'] as { uid: string }).uid;
    expect(await client.delete(`${MAPS}/kept`, { preconditions: { uid } })).toMatchObject({ code: 200, body: { kind: 'ConfigMap', metadata: { deletionTimestamp: expect.any(String) } } });
    expect(await client.merge(`${MAPS}/kept`, { metadata: { finalizers: ['example.com/more', 'example.com/hold'] } })).toMatchObject({ code: 422, body: { message: expect.stringContaining('no new finalizers can be added') } });
    await client.merge(`${MAPS}/kept`, { metadata: { finalizers: null } });
    expect((await client.ask(`${MAPS}/kept`)).code).toBe(404);
  });

  it('of cluster-scoped and namespaced kinds are reached by their own paths only', async () => {
    expect((await client.ask('/api/v1/namespaces/default/nodes')).code).toBe(404);
    expect((await client.ask('/api/v1/configmaps/x')).code).toBe(404);
    expect((await client.post('/api/v1/configmaps', configMap('x'))).code).toBe(405);
    expect((await client.ask('/api/v1/configmaps')).body).toMatchObject({ kind: 'ConfigMapList' });
    expect((await client.ask('/api/v1/namespaces/default')).body).toMatchObject({ kind: 'Namespace', status: { phase: 'Active' } });
    expect((await client.delete('/api/v1/namespaces')).code).toBe(405);
  });

  it('delete collections, and nothing in a dry run', async () => {
    for (const name of ['a', 'b']) await client.post(MAPS, { ...configMap(name), metadata: { name, labels: { team: 'blue' } } });
    expect(await client.delete(`${MAPS}/a?dryRun=All`)).toMatchObject({ code: 200, body: { status: 'Success' } });
    expect((await client.ask(`${MAPS}/a`)).code).toBe(200);
    expect((await client.delete(`${MAPS}?labelSelector=team%3Dblue`)).body).toMatchObject({ items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] });
    expect((await client.ask(MAPS)).body).toMatchObject({ items: [{ metadata: { name: 'kube-root-ca.crt' } }] });
    expect(await client.post(`${MAPS}?dryRun=All`, configMap('dry'))).toMatchObject({ code: 201 });
    expect((await client.ask(`${MAPS}/dry`)).code).toBe(404);
    expect(await client.delete(`${MAPS}/kube-root-ca.crt?propagationPolicy=Sideways`)).toMatchObject({ code: 422 });
  });

  it('make names, and forget who manages what when they are told to', async () => {
    const { body } = await client.post(MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'run-' }, data: { a: '1' } });
    const { name, managedFields } = body['metadata'] as { name: string; managedFields: unknown[] };
    expect(name).toMatch(/^run-\w{5}$/);
    expect(managedFields).toMatchObject([{ operation: 'Update', fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } } }]);
    expect((await client.merge(`${MAPS}/${name}`, { metadata: { managedFields: [{}] } })).body).not.toHaveProperty('metadata.managedFields');
    expect(await client.post(MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })).toMatchObject({ code: 422, body: { message: expect.stringContaining('name or generateName is required') } });
  });

  it('discover the API, plain and aggregated', async () => {
    expect((await client.ask('/apis/apps/v1')).body).toMatchObject({ kind: 'APIResourceList', groupVersion: 'apps/v1' });
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const all = await client.ask('/apis', { headers: { accept } });
    expect(all.headers.get('content-type')).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(all.body).toMatchObject({ kind: 'APIGroupDiscoveryList', items: expect.arrayContaining([expect.objectContaining({ metadata: { name: 'apps', creationTimestamp: null } })]) });
    expect((await client.ask('/version')).body).toMatchObject({ major: '1', minor: '32' });
  });

  it('break as the test wants', async () => {
    double.inject({ fault: { kind: 'throttled', retryAfterSeconds: 7 }, times: 1 });
    const throttled = await client.ask(MAPS);
    expect(throttled).toMatchObject({ code: 429, body: { reason: 'TooManyRequests', details: { retryAfterSeconds: 7 } } });
    expect(throttled.headers.get('retry-after')).toBe('7');
    double.inject({ fault: { kind: 'error', code: 503 }, of: ({ verb }) => verb === 'list', times: 1 });
    expect(await client.ask(MAPS)).toMatchObject({ code: 503, body: { reason: 'ServiceUnavailable' } });
    double.inject({ fault: { kind: 'reset' }, times: 1 });
    await expect(client.ask(MAPS)).rejects.toThrow();
    const restore = double.inject({ fault: { kind: 'empty list' } });
    expect((await client.ask(MAPS)).body).toMatchObject({ items: [] });
    restore();
    double.inject({ fault: { kind: 'lost answer' }, of: ({ verb }) => verb === 'create', times: 1 });
    await expect(client.post(MAPS, configMap('lost'))).rejects.toThrow();
    expect((await client.ask(`${MAPS}/lost`)).code).toBe(200);
    expect(double.requestCounts()).toMatchObject({ 'list configmaps': 4, 'create configmaps': 1, 'get configmaps': 1 });
  });
});
