import { jest } from '@jest/globals';
import { createFakeWakeStore, describeCombinations, type Services } from '@sluice/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lane, openBench, until, type Bench } from './queue-bench.fixture.js';

// Runs what is built: Node does not run TypeScript. Takes a lane and never gives it back.
const PROGRAM = `
  process.stdin.on('end', () => process.exit(1)).resume();
  const [queue, embedded, { lockFolder: lock }] = await Promise.all([process.env.QUEUE, process.env.EMBEDDED, process.env.RUNTIME].map((url) => import(url)));
  const services = JSON.parse(process.argv[1]);
  const log = { info() {}, warn() {}, error() {} };
  const backend = services.folder
    ? await queue.embeddedBackend((await embedded.openEmbeddedPostgres({ ...services, lock })).createPool({ searchPath: 'bullmq' }))
    : queue.redisBackend({ url: services.url, log });
  const target = { kind: 'lane', repository: 'shop', application: 'checkout', target: 'qa' };
  await queue.createQueues(backend, log).enqueue([target]);
  const work = () => { console.log('running'); return new Promise(() => {}); };
  const options = { ...queue.workerOptions({ concurrency: 1 }), lockDuration: 500, connection: backend.connection, prefix: backend.prefix };
  new queue.BackendWorker('lane', work, options).on('error', () => {});
`;

jest.setTimeout(120_000);

describeCombinations('a worker that is killed in the middle of its work', (combination) => {
  let services: Services;
  let bench: Bench | undefined;

  beforeAll(async () => void (services = await combination.start()));
  afterAll(async () => {
    await bench?.close();
    await services.stop();
  });

  it('has its target looked at by the next one', async () => {
    const store = createFakeWakeStore();
    await store.raise([lane('checkout')]);
    await killInTheMiddle(services);

    const seen: string[] = [];
    bench = await openBench(services, store);
    bench.startWorker(async ({ kind }) => void seen.push(kind), { lockDuration: 500, stalledInterval: 200 });
    bench.startPoller();
    await until(() => store.unsettled().length === 0);
    expect(seen).toContain('lane');
  });
});

async function killInTheMiddle(services: Services): Promise<void> {
  const built = (path: string): string => new URL(path, import.meta.url).href;
  const env = { ...process.env, QUEUE: built('../dist/index.js'), EMBEDDED: built('../../../embedded-postgres/dist/index.js'), RUNTIME: built('../../../runtime/dist/index.js') };
  const where = services.kind === 'embedded' ? { folder: services.folder, template: services.template } : { url: services.redis.url };
  const worker = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, JSON.stringify(where)], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const ended = once(worker, 'exit');
  const started = await Promise.race([once(worker.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!started) throw new Error('the worker ended before it began: is the project built?');
  worker.kill('SIGKILL');
  await ended;
}
