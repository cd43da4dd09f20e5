import { testCluster } from './double.fixture.js';
import { COMMIT, configMap, filesOf, maps, NEXT, openTarget } from './target.fixture.js';

const cluster = testCluster({ cluster: { fails: (image) => image.endsWith(':broken') } });
const open = () => openTarget(cluster.access(), { patience: { established: 1_000, current: 100 } });
const AT = { path: '/apis/batch/v1/namespaces/default/jobs', as: undefined };

const job = (image: string, ttl: object = { ttlSecondsAfterFinished: 0 }) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate', annotations: { 'sluice.dev/wave': '-1' } }, spec: { ...ttl, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image }] } } } });
const filesWith = (image: string, ttl?: object) => filesOf({ 'job.yaml': job(image, ttl), 'a.yaml': configMap('a') });
const isThere = () => cluster.double.stored('batch', 'jobs', 'default', 'migrate') !== undefined;
const removed = () => cluster.client().delete(AT, 'migrate', { propagation: 'Background' });

it('a Job that the cluster has removed before anybody saw it done is not run again, until its content changes', async () => {
  const target = await open();
  cluster.double.cluster.pause();
  await target.apply(COMMIT, filesWith('app:1'));
  await removed();
  for (const one of [target, await open()]) {
    expect(await one.drift({ deep: true, files: async () => filesWith('app:1') })).toEqual([]);
    expect(await one.health()).toEqual([]);
    expect(await one.apply(COMMIT, filesWith('app:1'))).toMatchObject({ failed: [] });
    expect(isThere()).toBe(false);
  }
  // what waited for it goes on
  expect(maps(cluster.double, 'a')).toEqual(['{}']);
  await target.apply(NEXT, filesWith('app:2'));
  expect(isThere()).toBe(true);
});

it('nor when the agent was killed before its commit was complete', async () => {
  const kill = new AbortController();
  cluster.double.cluster.pause();
  const restore = cluster.double.inject({ fault: { kind: 'latency', ms: 0 }, of: (request) => {
    // it waits for the Job: the run is written down by now
    if (request.kind === 'resource' && request.verb === 'get' && request.plural === 'jobs') kill.abort();
    return false;
  } });
  await (await open()).apply(COMMIT, filesWith('app:1'), { signal: kill.signal }).catch(() => undefined);
  restore();
  expect(kill.signal.aborted).toBe(true);
  await removed();
  expect(await (await open()).apply(COMMIT, filesWith('app:1'))).toMatchObject({ failed: [] });
  expect([isThere(), ...maps(cluster.double, 'a')]).toEqual([false, '{}']);
});

it('one without a TTL that is gone is put back', async () => {
  const target = await open();
  await target.apply(COMMIT, filesWith('app:1', {}));
  await cluster.double.cluster.settled();
  await removed();
  expect(await target.drift({ files: async () => filesWith('app:1', {}) })).toMatchObject([{ object: 'Job.batch default/migrate', kind: 'missing' }]);
  await target.apply(COMMIT, filesWith('app:1', {}));
  expect(isThere()).toBe(true);
});

it('one that was seen to fail is not run again either, stays failed, and what waits for it goes on waiting', async () => {
  const target = await open();
  await target.apply(COMMIT, filesWith('app:broken'));
  await cluster.double.cluster.settled();
  await target.drift({ files: async () => filesWith('app:broken') });
  await removed();
  for (const one of [target, await open()]) {
    expect((await one.drift({ deep: true, files: async () => filesWith('app:broken') })).filter(({ path }) => path === 'job.yaml')).toEqual([]);
    expect(await one.health()).toMatchObject([{ object: 'Job.batch default/migrate', status: 'Failed', message: expect.stringContaining('has failed, and the cluster has removed it') as string }]);
    expect(await one.apply(COMMIT, filesWith('app:broken'))).toMatchObject({ failed: [{ path: 'a.yaml', waits: true, message: expect.stringContaining('waits for Job.batch default/migrate: has failed') as string }] });
    expect([isThere(), ...maps(cluster.double, 'a')]).toEqual([false, undefined]);
  }
  expect(await target.apply(NEXT, filesWith('app:2'))).toMatchObject({ written: 2, failed: [] });
});

it('is seen as drift like anything else while it is there', async () => {
  const target = await open();
  await target.apply(COMMIT, filesWith('app:1', { ttlSecondsAfterFinished: 600 }));
  await cluster.double.cluster.settled();
  const files = async () => filesWith('app:1', { ttlSecondsAfterFinished: 600 });
  await target.drift({ files });
  await cluster.client().apply(AT, 'migrate', { body: JSON.stringify(job('app:1', { ttlSecondsAfterFinished: 5 })) });
  expect(await target.drift({ files })).toMatchObject([{ kind: 'modified' }]);
  expect(await target.drift({ files })).toMatchObject([{ kind: 'modified' }]);
});
