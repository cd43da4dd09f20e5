import { KubeConfig } from '@kubernetes/client-node';
import { fetch, Agent } from 'undici';
import type { JsonObject } from './api/json.js';
import { Client, configMap, deployment } from './double-client.fixture.js';
import { KubernetesDouble } from './kubernetes-double.js';

const APPS = '/apis/apps/v1/namespaces/default';
const MAPS = '/api/v1/namespaces/default/configmaps';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';

describe('what runs in the cluster', () => {
  let double: KubernetesDouble;
  let client: Client;

  beforeEach(async () => {
    double = await KubernetesDouble.start({ cluster: { fails: (image) => image.endsWith(':broken') } });
    client = new Client(double);
  });

  afterEach(async () => {
    await client.close();
    await double.stop();
  });

  function conditions(body: JsonObject): string[] {
    return ((body['status'] as { conditions?: { type: string; status: string; reason: string }[] }).conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);
  }

  it('Deployments become available, or exceed their deadline', async () => {
    await client.apply(`${APPS}/deployments/web`, deployment('web', { replicas: 2 }));
    await double.cluster.settled();
    const { body } = await client.ask(`${APPS}/deployments/web`);
    expect(body).toMatchObject({ status: { observedGeneration: 1, replicas: 2, readyReplicas: 2, updatedReplicas: 2, availableReplicas: 2 } });
    expect(conditions(body)).toEqual(['Available=True MinimumReplicasAvailable', 'Progressing=True NewReplicaSetAvailable']);
    await client.apply(`${APPS}/deployments/web`, deployment('web', { replicas: 2 }, { image: 'registry.example/web:broken' }));
    await double.cluster.settled();
    expect(conditions((await client.ask(`${APPS}/deployments/web`)).body)).toContain('Progressing=False ProgressDeadlineExceeded');
  });

  it('StatefulSets reach their revision', async () => {
    const set = { ...deployment('db', { serviceName: 'db', replicas: 3 }), kind: 'StatefulSet' };
    await client.apply(`${APPS}/statefulsets/db`, set);
    await double.cluster.settled();
    const status = (await client.ask(`${APPS}/statefulsets/db`)).body['status'] as JsonObject;
    expect(status).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3 });
    expect(status['currentRevision']).toBe(status['updateRevision']);
    expect(await client.apply(`${APPS}/statefulsets/db`, { ...deployment('db', { serviceName: 'other', replicas: 3 }), kind: 'StatefulSet' })).toMatchObject({ code: 422, body: { message: expect.stringContaining('spec: Forbidden: updates to statefulset spec for fields other than') } });
  });

  it('Jobs complete or fail, with a pod and its log', async () => {
    const job = (name: string, image: string): JsonObject => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'test', image }] } } } });
    expect((await client.post(JOBS, job('smoke', 'registry.example/smoke:1'))).code).toBe(201);
    expect((await client.post(JOBS, job('bad', 'registry.example/smoke:broken'))).code).toBe(201);
    await double.cluster.settled();
    expect(conditions((await client.ask(`${JOBS}/smoke`)).body)).toContain('Complete=True CompletionsReached');
    expect(conditions((await client.ask(`${JOBS}/bad`)).body)).toContain('Failed=True BackoffLimitExceeded');
    const pods = await client.ask('/api/v1/namespaces/default/pods?labelSelector=job-name%3Dsmoke');
    const [pod] = pods.body['items'] as { metadata: { name: string } }[];
    double.writeLog('default', pod!.metadata.name, 'one\ntwo\n');
    expect((await client.ask(`/api/v1/namespaces/default/pods/${pod!.metadata.name}/log?tailLines=1`)).text).toBe('two\n');
    await client.delete(`${JOBS}/smoke`);
    await double.cluster.settled();
    expect((await client.ask('/api/v1/namespaces/default/pods?labelSelector=job-name%3Dsmoke')).body).toMatchObject({ items: [] });
  });

  it('pods with a broken image are in CrashLoopBackOff', async () => {
    await client.post('/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i:broken' }] } });
    await double.cluster.settled();
    expect((await client.ask('/api/v1/namespaces/default/pods/p')).body).toMatchObject({ status: { containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] } });
  });

  it('namespaces come with an account, take nothing while they end, and wait for finalizers', async () => {
    await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await double.cluster.settled();
    const maps = '/api/v1/namespaces/shop/configmaps';
    expect((await client.ask('/api/v1/namespaces/shop/serviceaccounts/default')).code).toBe(200);
    await client.post(maps, { ...configMap('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    expect(await client.delete('/api/v1/namespaces/shop')).toMatchObject({ code: 200, body: { status: { phase: 'Terminating' } } });
    await double.cluster.settled();
    expect(await client.post(maps, configMap('late'))).toMatchObject({ code: 403, body: { details: { causes: [{ reason: 'NamespaceTerminating' }] }, message: expect.stringContaining('because it is being terminated') } });
    expect(conditions((await client.ask('/api/v1/namespaces/shop')).body)).toContain('NamespaceFinalizersRemaining=True SomeFinalizersRemain');
    await client.merge(`${maps}/held`, { metadata: { finalizers: null } });
    await double.cluster.settled();
    expect((await client.ask('/api/v1/namespaces/shop')).code).toBe(404);
  });

  it('garbage goes by owner, unless it is orphaned', async () => {
    const owned = async (owner: string, name: string): Promise<void> => {
      const { body } = await client.post(MAPS, configMap(owner));
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: (body['metadata'] as { uid: string }).uid, blockOwnerDeletion: true };
      await client.post(MAPS, { ...configMap(name), metadata: { name, ownerReferences: [reference] } });
    };
    await owned('a', 'of-a');
    await client.delete(`${MAPS}/a`, { propagationPolicy: 'Foreground' });
    await double.cluster.settled();
    expect([(await client.ask(`${MAPS}/a`)).code, (await client.ask(`${MAPS}/of-a`)).code]).toEqual([404, 404]);
    await owned('b', 'of-b');
    await client.delete(`${MAPS}/b`, { propagationPolicy: 'Orphan' });
    await double.cluster.settled();
    expect((await client.ask(`${MAPS}/b`)).code).toBe(404);
    const orphan = await client.ask(`${MAPS}/of-b`);
    expect(orphan.code).toBe(200);
    expect(orphan.body).not.toHaveProperty('metadata.ownerReferences');
  });

  it('is reached by the kubeconfig that the double writes, as client-node reads it', async () => {
    const config = new KubeConfig();
    config.loadFromString(double.kubeconfig());
    const options: { ca?: Buffer | string; headers?: Record<string, string> } = {};
    await config.applyToHTTPSOptions(options);
    const agent = new Agent({ connect: { ca: (options.ca ?? '').toString() } });
    const response = await fetch(`${config.getCurrentCluster()?.server}/version`, { dispatcher: agent, headers: { ...options.headers } });
    expect(response.status).toBe(200);
    await agent.destroy();
  });
});
