import { commitSha } from '@sluice/kernel';
import type { PreparedTest } from '@sluice/sync';
import { Discovery } from '../transport/discovery.js';
import type { Applier } from '../rights/rights.js';
import { Rights } from '../rights/rights.js';
import { testCluster } from '../double.fixture.js';
import { filesOf } from '../target.fixture.js';
import { JobDriver, type JobDriverOptions } from './job-driver.js';
import { obstacleOf, terminatedIn } from './read-end.js';

const ends = { value: 'succeeds' as 'succeeds' | 'fails' | 'runs on' };
const cluster = testCluster({ cluster: { jobEnds: () => ends.value } });
const never = (): AbortSignal => new AbortController().signal;

function driver(options: Partial<JobDriverOptions> = {}, appliers: readonly Applier[] = [{ name: 'the agent itself', as: undefined }], token?: string): JobDriver {
  const client = cluster.client({}, token);
  const parts = { client, discovery: new Discovery(client), rights: new Rights(client, appliers), owner: { cluster: 'qa-eu', environment: 'qa' }, options: { defaultNamespace: 'default' } };
  return new JobDriver({ parts: () => parts, interval: 20, ...options });
}

function prepared(test: Partial<PreparedTest['order']['test']> = {}, files: PreparedTest['files'] = filesOf({ 'apps/checkout/smoke.sh': '#!/bin/sh\n', 'apps/checkout/value.txt': 'one' })): PreparedTest {
  const order = { run: 'run/1', take: 1, application: 'checkout', environment: 'qa', commit: commitSha('a'.repeat(40)), paths: [], test: { name: 'smoke', command: ['./apps/checkout/smoke.sh', '--quick'], timeoutMs: 60_000, image: 'registry.example/test:1', ...test } };
  return { order, files };
}

const listed = async (path: string) => (await cluster.client().list({ path, as: undefined })).items;
const jobs = () => listed('/apis/batch/v1/jobs');
const maps = async () => (await listed('/api/v1/configmaps')).filter(({ metadata }) => metadata.name.startsWith('sluice-test-'));
const nothingLeft = async (): Promise<void> => expect([await jobs(), await maps()]).toEqual([[], []]);

describe('a test in a cluster', () => {
  beforeEach(() => {
    ends.value = 'succeeds';
  });

  it('is a Job with the application\'s files, whose log is its output, and of which nothing stays', async () => {
    cluster.double.cluster.pause();
    const running = driver().run(prepared(), never());
    const map = await found(async () => (await maps())[0]);
    const job = await found(async () => (await jobs())[0]);
    expect(job).toMatchObject({
      metadata: { namespace: 'default', labels: { 'app.kubernetes.io/managed-by': 'sluice', 'sluice.dev/cluster': 'qa-eu' } },
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: 180,
        template: { spec: { restartPolicy: 'Never', automountServiceAccountToken: false, containers: [{ image: 'registry.example/test:1', command: ['./apps/checkout/smoke.sh', '--quick'], workingDir: '/sluice/files' }] } },
      },
    });
    expect(JSON.stringify(job['spec'])).toContain('"path":"apps/checkout/value.txt"');
    expect(map).toMatchObject({ immutable: true, metadata: { ownerReferences: [{ kind: 'Job', name: job.metadata.name, uid: job.metadata.uid }] } });
    cluster.double.writeLog('default', `${job.metadata.name}-${job.metadata.uid?.slice(0, 5) ?? ''}`, 'all is well\n');
    cluster.double.cluster.resume();
    expect(await running).toMatchObject({ outcome: 'exited', exitCode: 0, output: 'all is well\n' });
    await cluster.double.cluster.settled();
    await nothingLeft();
  });

  it('that fails says how', async () => {
    ends.value = 'fails';
    expect(await driver().run(prepared(), never())).toMatchObject({ outcome: 'exited', exitCode: 1 });
  });

  it('that the cluster does not end in time is given up, and removed', async () => {
    ends.value = 'runs on';
    expect(await driver().run(prepared({ timeoutMs: 500 }), never())).toMatchObject({ outcome: 'timed-out', message: 'it had not ended after its timeout' });
    await nothingLeft();
  });

  it('that gets no pod until its timeout says so', async () => {
    cluster.double.cluster.pause();
    expect(await driver().run(prepared({ timeoutMs: 100 }), never())).toMatchObject({ outcome: 'not-started', message: expect.stringContaining('no pod') });
    cluster.double.cluster.resume();
    await nothingLeft();
  });

  it('needs an image', async () => {
    expect(await driver().run(prepared({ image: undefined }), never())).toMatchObject({ outcome: 'unprepared', message: expect.stringContaining('needs an image') });
    await nothingLeft();
  });

  it('has no file that a ConfigMap cannot take, and no link', async () => {
    expect(await driver().run(prepared({}, filesOf({ 'large.bin': 'x'.repeat(800_000) })), never())).toMatchObject({ outcome: 'unprepared', message: expect.stringContaining('large.bin has 800000 bytes') });
    const [link] = filesOf({ link: 'elsewhere' });
    expect(await driver().run(prepared({}, [{ ...link!, mode: '120000' }]), never())).toMatchObject({ outcome: 'unprepared', message: expect.stringContaining('link is a link') });
    await nothingLeft();
  });

  it('has larger files than fit into one ConfigMap in several', async () => {
    ends.value = 'runs on';
    const stop = new AbortController();
    const running = driver().run(prepared({}, filesOf({ a: 'a'.repeat(600_000), b: 'b'.repeat(600_000) })), stop.signal);
    await found(async () => (await maps())[1]);
    stop.abort();
    expect(await running).toMatchObject({ outcome: 'lost' });
    await nothingLeft();
  });

  it('is not begun where nobody may, and it is said what is missing', async () => {
    const token = cluster.double.serviceAccountToken('default', 'nobody');
    expect(await driver({}, [{ name: 'the agent itself', as: undefined }], token).run(prepared(), never())).toMatchObject({ outcome: 'unprepared', message: expect.stringContaining('jobs.batch in default') });
  });

  it('whose agent was killed is removed by the next one', async () => {
    ends.value = 'runs on';
    const stop = new AbortController();
    const crashed = driver();
    void crashed.run(prepared(), stop.signal);
    await found(async () => (await maps())[0]);
    await driver().clear('run/1');
    await nothingLeft();
    stop.abort();
  });
});

describe('what a pod says of a test', () => {
  const pod = (state: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status: { containerStatuses: [{ name: 'test', state }] } }) as Parameters<typeof obstacleOf>[0];

  it.each([
    ['ImagePullBackOff', 'ImagePullBackOff: no such image'],
    ['CreateContainerError', 'CreateContainerError: no such image'],
    ['ContainerCreating', undefined],
    ['ErrImagePull', undefined],
  ])('%s', (reason, said) => {
    expect(obstacleOf(pod({ waiting: { reason, message: 'no such image' } }))).toBe(said);
  });

  it('of its end', () => {
    expect(terminatedIn(pod({ terminated: { exitCode: 137, signal: 9, reason: 'OOMKilled' } }))).toEqual({ exitCode: 137, signal: 9, reason: 'OOMKilled', message: '' });
    expect(terminatedIn(pod({ running: {} }))).toBeUndefined();
  });
});

async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 500; tries += 1) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('it did not come');
}
