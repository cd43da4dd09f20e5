import type { JsonObject } from './api/json.js';
import { Client, configMap } from './double-client.fixture.js';
import { KubernetesDouble } from './kubernetes-double.js';

const MAPS = '/api/v1/namespaces/default/configmaps';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

describe('who may do what', () => {
  let double: KubernetesDouble;
  let client: Client;
  let agent: string;

  beforeEach(async () => {
    double = await KubernetesDouble.start();
    client = new Client(double);
    agent = double.serviceAccountToken('sluice', 'agent');
  });

  afterEach(async () => {
    await client.close();
    await double.stop();
  });

  async function grant(name: string, rules: JsonObject[], subject: JsonObject): Promise<void> {
    const meta = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name } };
    await client.post(`${RBAC}/clusterroles`, { ...meta, kind: 'ClusterRole', rules });
    await client.post(`${RBAC}/clusterrolebindings`, { ...meta, kind: 'ClusterRoleBinding', roleRef: { kind: 'ClusterRole', name }, subjects: [subject] });
  }

  const AGENT: JsonObject = { kind: 'ServiceAccount', namespace: 'sluice', name: 'agent' };
  const ACCOUNTS = { apiGroups: [''], resources: ['serviceaccounts'] };

  it('is refused with the texts of a real server', async () => {
    const refused = await client.apply(`${MAPS}/settings`, configMap('settings'), 'fieldManager=sluice', agent);
    expect(refused).toMatchObject({
      code: 403,
      body: {
        reason: 'Forbidden',
        message: 'configmaps "settings" is forbidden: User "system:serviceaccount:sluice:agent" cannot patch resource "configmaps" in API group "" in the namespace "default"',
        details: { name: 'settings', kind: 'configmaps' },
      },
    });
    expect(await client.ask('/api/v1/nodes', { token: agent })).toMatchObject({ code: 403, body: { message: expect.stringContaining('cannot list resource "nodes" in API group "" at the cluster scope') } });
    expect(await client.ask('/metrics', { token: agent })).toMatchObject({ code: 403, body: { message: 'forbidden: User "system:serviceaccount:sluice:agent" cannot get path "/metrics"' } });
  });

  it('follows roles with resource names', async () => {
    await grant('reader', [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'], verbs: ['get'] }], AGENT);
    await client.post(MAPS, configMap('settings'));
    expect((await client.ask(`${MAPS}/settings`, { token: agent })).code).toBe(200);
    expect((await client.ask(`${MAPS}/other`, { token: agent })).code).toBe(403);
    expect((await client.ask(MAPS, { token: agent })).code).toBe(403);
  });

  it('impersonates only whom a role names', async () => {
    await grant('impersonate', [{ ...ACCOUNTS, resourceNames: ['deployer'], verbs: ['impersonate'] }], AGENT);
    await grant('deployer', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'patch'] }], { kind: 'ServiceAccount', namespace: 'default', name: 'deployer' });
    const as = (account: string) => client.ask(`${MAPS}/settings?fieldManager=sluice`, { method: 'PATCH', type: 'application/apply-patch+yaml', body: configMap('settings'), token: agent, headers: { 'impersonate-user': `system:serviceaccount:${account}` } });
    expect((await as('default:deployer')).code).toBe(201);
    expect(await as('default:admin')).toMatchObject({ code: 403, body: { message: 'serviceaccounts "admin" is forbidden: User "system:serviceaccount:sluice:agent" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"' } });
    const groups = await client.ask(MAPS, { token: agent, headers: { 'impersonate-user': 'system:serviceaccount:default:deployer', 'impersonate-group': 'system:masters' } });
    expect(groups).toMatchObject({ code: 403, body: { message: expect.stringContaining('groups "system:masters" is forbidden') } });
    expect(double.requests().at(-3)).toMatchObject({ user: 'system:serviceaccount:default:deployer', verb: 'patch' });
  });

  it('is told by access reviews', async () => {
    await grant('reader', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }], AGENT);
    const review = (verb: string) =>
      client.ask('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        method: 'POST',
        token: agent,
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { namespace: 'default', verb, group: 'apps', resource: 'deployments' } } },
      });
    expect(await review('list')).toMatchObject({ code: 201, body: { status: { allowed: true } } });
    expect(await review('delete')).toMatchObject({ code: 201, body: { status: { allowed: false } } });
    const rules = await client.ask('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { method: 'POST', token: agent, body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' } } });
    expect(rules.body).toMatchObject({ status: { incomplete: false, resourceRules: expect.arrayContaining([{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }]) } });
  });

  it('gives no right that it has not', async () => {
    await grant('roles', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] }], AGENT);
    const post = (resource: string, body: JsonObject) => client.ask(`${RBAC}/namespaces/default/${resource}`, { method: 'POST', token: agent, body: { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'mine' }, ...body } });
    expect(await post('roles', { kind: 'Role', rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] })).toMatchObject({ code: 403, body: { message: expect.stringContaining('is attempting to grant RBAC permissions not currently held') } });
    expect(await post('rolebindings', { kind: 'RoleBinding', roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [AGENT] })).toMatchObject({ code: 403 });
    expect(await post('roles', { kind: 'Role', rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['create'] }] })).toMatchObject({ code: 201 });
  });

  it('may be refused by an admission webhook, which may also be unreachable', async () => {
    const end = double.answerWebhook('policy.example.com', ({ object }) => (object?.metadata.name === 'bad' ? { message: 'names must be good' } : undefined));
    expect(await client.post(MAPS, configMap('bad'))).toMatchObject({ code: 400, body: { message: 'admission webhook "policy.example.com" denied the request: names must be good' } });
    expect((await client.post(MAPS, configMap('good'))).code).toBe(201);
    end();
    const webhook = { name: 'policy.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { service: { name: 'policy', namespace: 'default', path: '/check' } }, rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] };
    await client.post('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'policy' }, webhooks: [webhook] });
    const effects = { ...webhook, name: 'effects.example.com', sideEffects: 'Some', failurePolicy: 'Ignore', objectSelector: { matchLabels: { careful: 'yes' } } };
    await client.post('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'another' }, webhooks: [effects] });
    const careful = { ...configMap('careful'), metadata: { name: 'careful', labels: { careful: 'yes' } } };
    expect(await client.post(`${MAPS}?dryRun=All`, careful)).toMatchObject({ code: 400, body: { message: 'admission webhook "effects.example.com" does not support dry run' } });
    expect(await client.post(MAPS, configMap('more'))).toMatchObject({ code: 500, body: { reason: 'InternalError', message: expect.stringContaining('failed calling webhook "policy.example.com"') } });
    expect(double.unexpected()).toEqual([]);
    await client.delete('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/policy');
    expect((await client.post(MAPS, careful)).code).toBe(201);
  });
});
