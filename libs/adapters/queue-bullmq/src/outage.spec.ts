import { InvalidInput, instant } from '@sluice/kernel';
import { describeOnServices, type Services } from '@sluice/testing';
import { wakeKey } from '@sluice/usecases';
import { setTimeout as sleep } from 'node:timers/promises';
import { lane, openBench, recordingLog, until, type Bench } from './queue-bench.fixture.js';
import { redisConnection } from './redis-connection.js';
import { restartableRedis, type RestartableRedis } from './redis-server.fixture.js';
import { createRedisSignals } from './redis-signals.js';

describe('the address of Redis', () => {
  it.each(['', 'localhost', 'http://127.0.0.1:6379', 'redis//secret'])('%j is refused without being repeated', (url) => {
    expect(() => redisConnection(url, 'patient', recordingLog())).toThrow(InvalidInput);
    expect(() => redisConnection(url, 'patient', recordingLog())).toThrow(/must look like redis:\/\/host:6379/);
  });
});

describeOnServices('when Redis', () => {
  let redis: RestartableRedis;
  let bench: Bench;

  beforeEach(async () => void (redis = await restartableRedis('geheim-123')));
  afterEach(async () => {
    await bench.close();
    await redis.kill();
  });

  async function open(): Promise<Bench> {
    return (bench = await openBench(servicesOf(redis)));
  }

  it('is not there yet, waking does not fail, and everything is looked at when it comes', async () => {
    await open();
    const seen: string[] = [];
    bench.startWorker(async (target) => void seen.push(wakeKey(target)));
    bench.startPoller();
    await bench.wakes.wake(lane('early'));
    await redis.start();
    await until(() => bench.store.unsettled().length === 0);
    expect(seen).toContain('lane:shop:qa:early');
    expect(bench.log.lines.join('\n')).toContain('jobs could not be enqueued; the poller will');
  });

  it('goes away and comes back empty, waking does not fail meanwhile, and nothing is forgotten', async () => {
    await redis.start();
    await open();
    const seen = new Set<string>();
    bench.startWorker(async (target) => void seen.add(wakeKey(target)));
    bench.startPoller();
    await bench.wakes.wake(lane('before'));
    await until(() => bench.store.unsettled().length === 0);
    await redis.kill();
    await bench.wakes.wake(lane('meanwhile'));
    expect(bench.store.unsettled()).toEqual(['lane:shop:qa:meanwhile']);
    await redis.start();
    await until(() => bench.store.unsettled().length === 0);
    expect(seen).toContain('lane:shop:qa:meanwhile');
    expect(bench.log.lines.join('\n')).not.toContain('geheim-123');
  });

  it('forgets everything under load (FLUSHALL), every target is looked at in its newest state all the same', async () => {
    await redis.start();
    await open();
    const targets = Array.from({ length: 100 }, (_, index) => lane(`application-${index}`));
    const seen = new Map<string, number>();
    let newest = 0;
    bench.startWorker(
      async (target) => {
        const now = newest;
        await sleep(5);
        seen.set(wakeKey(target), now);
      },
      { lockDuration: 500, stalledInterval: 200 },
    );
    bench.startPoller();
    for (let round = 0; round < 5; round++) {
      newest++;
      await bench.wakes.wake(...targets);
      await bench.store.setTimer(`timer-${round}`, targets[round] ?? lane('x'), instant(0));
      await sleep(40);
      await flushAll(redis.url);
    }
    await until(() => bench.store.unsettled().length === 0);
    expect([...seen.values()]).toEqual(targets.map(() => 5));
  });

  it('was away, listeners for signals are called once when it is back', async () => {
    await redis.start();
    await open();
    const signals = createRedisSignals(redis.url, bench.log);
    let calls = 0;
    signals.subscribe('events', () => calls++);
    while (calls === 0) {
      signals.publish('events');
      await sleep(10);
    }
    await sleep(50);
    calls = 0;
    await redis.kill();
    signals.publish('events');
    await redis.start();
    await until(() => calls > 0);
    await sleep(50);
    expect(calls).toBe(1);
    const other = createRedisSignals(redis.url, bench.log);
    while (calls === 1) {
      other.publish('events');
      await sleep(10);
    }
    await Promise.all([signals.close(), other.close()]);
  });
});

async function flushAll(url: string): Promise<void> {
  const client = redisConnection(url, 'patient', recordingLog());
  await client.flushall();
  client.disconnect();
}

function servicesOf({ url }: RestartableRedis): Services {
  const nothing = (): Promise<void> => Promise.resolve();
  return { kind: 'postgres+redis', databaseUrl: '', redis: { url, flushAll: nothing, stop: nothing }, stop: nothing };
}
