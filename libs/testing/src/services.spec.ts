import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Redis } from 'ioredis';
import { describeOnServices } from './services-combinations.js';
import { startPostgres } from './services-postgres.js';

const DIST = new URL('../dist/', import.meta.url).href;

describeOnServices('the services of the tests', (combination) => {
  it('gives each suite an empty database of its own on one server', async () => {
    const [first, second, third] = await Promise.all([startPostgres(), startPostgres(), startPostgres()]);
    expect(new URL(first.url).port).toBe(new URL(second.url).port);
    await query(first.url, 'create table mine (id int)');
    await expect(query(second.url, 'select * from mine')).rejects.toThrow('does not exist');
    await first.stop();
    await expect(query(first.url, 'select 1')).rejects.toThrow('does not exist');
    await query(second.url, 'select 1');
    await Promise.all([second.stop(), third.stop()]);
    await expect(query(second.url, 'select 1')).rejects.toThrow();
  });

  it('starts a Redis that can be emptied and refuses to evict', async () => {
    const services = await combination.start();
    if (services.kind === 'embedded') throw new Error('expected real services');
    const client = new Redis(services.redis.url);
    await client.set('job', '1');
    await services.redis.flushAll();
    expect(await client.get('job')).toBeNull();
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    client.disconnect();
    await services.stop();
  });

  it('ends the servers when the process that started them is killed', async () => {
    const script = `import { startRedis, startPostgres } from '${DIST}index.js';
      const all = await Promise.all([startRedis(), startPostgres()]); console.log(all.map((one) => one.url).join(' ')); setInterval(() => 0, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [redisUrl = '', postgresUrl = ''] = String((await once(child.stdout, 'data'))[0]).trim().split(' ');
    expect(await query(postgresUrl, 'select 1')).toHaveLength(1);
    child.kill('SIGKILL');
    await eventually(async () => {
      await expect(query(postgresUrl, 'select 1')).rejects.toThrow();
      await expect(fetch(redisUrl.replace('redis:', 'http:'))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    });
  });
});

describe('a machine without the services', () => {
  it('says what was not covered and passes', async () => {
    const { output, outcome } = await onBareMachine({});
    expect(output).toContain('NOT COVERED: "leases" on PostgreSQL and Redis, because Redis (redis-server)');
    expect(outcome).toEqual(['embedded ran', 'skipped']);
  });

  it('fails in CI', async () => {
    const { outcome } = await onBareMachine({ CI: '1' });
    expect(outcome).toEqual(['embedded ran', 'failed']);
  });
});

async function onBareMachine(environment: Record<string, string>): Promise<{ output: string; outcome: unknown }> {
  const script = `const outcome = [];
    globalThis.describe = (_title, suite) => suite();
    globalThis.it = (_title, test) => test().catch(() => outcome.push('failed'));
    globalThis.it.skip = () => outcome.push('skipped');
    const { describeCombinations } = await import('${DIST}index.js');
    describeCombinations('leases', (combination) => outcome.push(combination.name + ' ran'));
    await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify(outcome));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env: { PATH: '/nonexistent', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (texts.out += String(data)));
  child.stderr.on('data', (data: Buffer) => (texts.err += String(data)));
  await once(child, 'close');
  return { output: texts.err, outcome: JSON.parse(texts.out) };
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // a server that ends in the middle is told by the query as well
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let left = 100; ; left--) {
    try {
      return await check();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(50);
    }
  }
}
