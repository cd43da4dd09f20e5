import type { JsonObject } from './api/json.js';
import { Client, configMap, deployment } from './double-client.fixture.js';
import { KubernetesDouble } from './kubernetes-double.js';

const MAP = '/api/v1/namespaces/default/configmaps/settings';
const WEB = '/apis/apps/v1/namespaces/default/deployments/web';

describe('server-side apply', () => {
  let double: KubernetesDouble;
  let client: Client;

  beforeEach(async () => {
    double = await KubernetesDouble.start();
    double.cluster.pause();
    client = new Client(double);
  });

  afterEach(async () => {
    await client.close();
    await double.stop();
  });

  function managers(body: JsonObject): { manager: string; operation: string; fieldsV1: JsonObject }[] {
    return (body['metadata'] as { managedFields: { manager: string; operation: string; fieldsV1: JsonObject }[] }).managedFields;
  }

  it('creates with 201, changes with 200, and changes nothing when nothing changes', async () => {
    const created = await client.apply(MAP, configMap('settings', { level: 'info' }));
    expect(created.code).toBe(201);
    expect(managers(created.body)).toMatchObject([{ manager: 'sluice', operation: 'Apply', fieldsV1: { 'f:data': { 'f:level': {} } } }]);
    const again = await client.apply(MAP, configMap('settings', { level: 'info' }));
    expect(again.code).toBe(200);
    expect(again.body).toEqual(created.body);
    const changed = await client.apply(MAP, configMap('settings', { level: 'debug' }));
    expect(changed.body).toMatchObject({ data: { level: 'debug' } });
  });

  it('takes out what it applies no longer, but not what another manager owns', async () => {
    await client.apply(MAP, configMap('settings', { a: '1', b: '2', c: '3' }));
    await client.apply(MAP, configMap('settings', { b: '2' }), 'fieldManager=other');
    const { body } = await client.apply(MAP, configMap('settings', { a: '1' }));
    expect(body['data']).toEqual({ a: '1', b: '2' });
    expect(managers(body)).toHaveLength(2);
  });

  it('refuses to change what another manager owns unless forced', async () => {
    await client.apply(MAP, configMap('settings', { level: 'info' }), 'fieldManager=other');
    const refused = await client.apply(MAP, configMap('settings', { level: 'debug' }));
    expect(refused).toMatchObject({
      code: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "other": .data.level',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "other"', field: '.data.level' }] },
      },
    });
    const forced = await client.apply(MAP, configMap('settings', { level: 'debug' }), 'fieldManager=sluice&force=true');
    expect(forced.body['data']).toEqual({ level: 'debug' });
    expect(managers(forced.body).map(({ manager }) => manager)).toEqual(['sluice']);
    const shared = await client.apply(MAP, configMap('settings', { level: 'debug' }), 'fieldManager=other');
    expect(managers(shared.body).map(({ manager }) => manager).sort()).toEqual(['other', 'sluice']);
  });

  it('sees a change by an update as a conflict with its manager', async () => {
    await client.apply(WEB, deployment('web', { replicas: 2 }));
    await client.ask(`${WEB}?fieldManager=kubectl-scale`, { method: 'PATCH', body: { spec: { replicas: 5 } }, type: 'application/merge-patch+json' });
    const refused = await client.apply(WEB, deployment('web', { replicas: 2 }));
    expect(refused.body['message']).toMatch(/^Apply failed with 1 conflict: conflict with "kubectl-scale" using apps\/v1: \.spec\.replicas$/);
  });

  it('merges lists by their map keys', async () => {
    const port = (containerPort: number): JsonObject => ({ containerPort });
    const created = await client.apply(WEB, deployment('web', {}, { ports: [port(80)], env: [{ name: 'A', value: '1' }] }));
    expect(managers(created.body)).toMatchObject([{ fieldsV1: { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } } } } } } } } }]);
    const template = { spec: { containers: [{ name: 'web', env: [{ name: 'B', value: '2' }] }, { name: 'side', image: 'registry.example/side:1' }] } };
    const side = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { template } };
    await client.apply(WEB, side, 'fieldManager=injector');
    const { body } = await client.apply(WEB, deployment('web', {}, { ports: [port(81)] }));
    expect(body).toMatchObject({ spec: { template: { spec: { containers: [{ name: 'web', ports: [{ containerPort: 81, protocol: 'TCP' }], env: [{ name: 'B', value: '2' }] }, { name: 'side' }] } } } });
    expect(body).not.toHaveProperty('spec.template.spec.containers.0.env.1');
  });

  it('replaces atomic lists and maps as a whole', async () => {
    const rolePath = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/reader';
    const role = (...verbs: string[]): JsonObject => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs }] });
    const { body } = await client.apply(rolePath, role('get'));
    expect(managers(body)[0]?.fieldsV1).toEqual({ 'f:rules': {} });
    expect((await client.apply(rolePath, role('list'))).body).toMatchObject({ rules: [{ verbs: ['list'] }] });
    const labels = { app: 'web', tier: 'front' };
    const selected = deployment('web', { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'i:1' }] } } });
    expect(managers((await client.apply(WEB, selected)).body)).toMatchObject([{ fieldsV1: { 'f:spec': { 'f:selector': {} } } }]);
  });

  it('changes nothing in a dry run', async () => {
    const dry = await client.apply(MAP, configMap('settings', { level: 'info' }), 'fieldManager=sluice&dryRun=All');
    expect(dry).toMatchObject({ code: 201, body: { data: { level: 'info' } } });
    expect((await client.ask(MAP)).code).toBe(404);
    await client.apply(MAP, configMap('settings', { level: 'info' }));
    expect((await client.apply(MAP, configMap('settings', { level: 'debug' }), 'fieldManager=sluice&dryRun=All')).body).toMatchObject({ data: { level: 'debug' } });
    expect((await client.ask(MAP)).body).toMatchObject({ data: { level: 'info' } });
    expect(await client.apply(MAP, configMap('settings'), 'fieldManager=sluice&dryRun=Yes')).toMatchObject({ code: 422 });
  });

  it('refuses configurations that a server refuses', async () => {
    expect(await client.apply(MAP, configMap('settings'), 'force=true')).toMatchObject({ code: 422, body: { message: expect.stringContaining('fieldManager: Required value: is required for apply patch') } });
    expect(await client.apply(MAP, configMap('another'))).toMatchObject({ code: 400 });
    expect(await client.apply(WEB, deployment('web', { replica: 1 }))).toMatchObject({ code: 500, body: { message: 'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema' } });
    const twice = deployment('web', {}, { env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] });
    expect(await client.apply(WEB, twice)).toMatchObject({ code: 500, body: { message: expect.stringContaining('.spec.template.spec.containers[name="web"].env: duplicate entries for key [name="A"]') } });
    expect(await client.apply(WEB, deployment('web', {}, { env: [{ value: '1' }] }))).toMatchObject({ code: 500, body: { message: expect.stringContaining('element 0: associative list with keys has an element that omits key field "name"') } });
    const managed = { ...configMap('settings'), metadata: { name: 'settings', managedFields: [{}] } };
    expect(await client.apply(MAP, managed)).toMatchObject({ code: 400, body: { message: 'metadata.managedFields must be nil' } });
    await client.apply(MAP, configMap('settings'));
    const old = { ...configMap('settings', { a: '1' }), metadata: { name: 'settings', resourceVersion: '1' } };
    expect(await client.apply(MAP, old)).toMatchObject({ code: 409 });
  });

  it('writes no empty maps, lists and zero values that the types of a server leave out', async () => {
    const first = await client.apply(WEB, { ...deployment('web', { paused: false, minReadySeconds: 0 }, { env: [{ name: 'A', value: '' }], args: [] }), metadata: { name: 'web', labels: {} } });
    expect(first.body).toMatchObject({ spec: { template: { spec: { containers: [{ env: [{ name: 'A' }], resources: {} }] } } } });
    for (const path of ['metadata.labels', 'spec.paused', 'spec.minReadySeconds', 'spec.template.spec.containers.0.args', 'spec.template.spec.containers.0.env.0.value']) expect(first.body).not.toHaveProperty(path);
    expect(managers(first.body)).toMatchObject([{ fieldsV1: { 'f:metadata': { 'f:labels': {} } } }]);
  });

  it('keeps the status out of the hands of who applies the object', async () => {
    const { body } = await client.apply(WEB, { ...deployment('web'), status: { replicas: 9 } });
    expect(body).not.toHaveProperty('status.replicas');
    expect(JSON.stringify(managers(body))).not.toContain('f:status');
    const status = await client.apply(`${WEB}/status`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, status: { replicas: 1 } }, 'fieldManager=controller');
    expect(status.body).toMatchObject({ status: { replicas: 1 }, metadata: { generation: 1 } });
  });
});
