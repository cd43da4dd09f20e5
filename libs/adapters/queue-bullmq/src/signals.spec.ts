import { runInTransactionScope } from '@sluice/runtime';
import { describeCombinations, type Services } from '@sluice/testing';
import type { Signals } from '@sluice/usecases';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalSignals } from './local-signals.js';
import { recordingLog, until } from './queue-bench.fixture.js';
import { createRedisSignals } from './redis-signals.js';

describeCombinations('a signal', (combination) => {
  const log = recordingLog();
  let services: Services;
  let near: Signals;
  let far: Signals;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    services = await combination.start();
    [near, far] = services.kind === 'embedded' ? local() : await overRedis(services.redis.url);
  });
  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    await services.stop();
  });

  function local(): [Signals, Signals] {
    const signals = createLocalSignals(log);
    return [signals, signals];
  }

  async function overRedis(url: string): Promise<[Signals, Signals]> {
    const both = [createRedisSignals(url, log), createRedisSignals(url, log)] as const;
    closing.push(...both.map((signals) => () => signals.close()));
    await connected(both[0], both[1]);
    await connected(both[1], both[0]);
    return [...both];
  }

  async function connected(from: Signals, to: Signals): Promise<void> {
    let heard = false;
    const end = to.subscribe('connected', () => (heard = true));
    while (!heard) {
      from.publish('connected');
      await sleep(10);
    }
    end();
  }

  /** Subscriptions take effect on the way to Redis; a signal sent afterwards on another connection may be faster. */
  async function subscribed(topic: string, listener: () => void): Promise<() => void> {
    const end = far.subscribe(topic, listener);
    await sleep(50);
    return end;
  }

  it('is heard by every listener of its topic, and by no other', async () => {
    const heard: string[] = [];
    const ends = [await subscribed('events', () => heard.push('first')), await subscribed('events', () => heard.push('second')), await subscribed('cluster:dev', () => heard.push('other'))];
    near.publish('events');
    await until(() => heard.length === 2);
    await sleep(20);
    expect(heard.toSorted()).toEqual(['first', 'second']);
    ends.forEach((end) => end());
  });

  it('is not heard after the end of a subscription, and the others go on', async () => {
    const heard: string[] = [];
    const [end, endOther] = [await subscribed('events', () => heard.push('ended')), await subscribed('events', () => heard.push('stays'))];
    end();
    end();
    near.publish('events');
    await until(() => heard.length === 1);
    await sleep(20);
    expect(heard).toEqual(['stays']);
    endOther();
  });

  it('given in a transaction is heard after the commit', async () => {
    const heard: string[] = [];
    const end = await subscribed('events', () => heard.push('heard'));
    await runInTransactionScope(async () => {
      near.publish('events');
      await sleep(50);
      heard.push('committed');
    });
    await until(() => heard.length === 2);
    expect(heard).toEqual(['committed', 'heard']);
    end();
  });

  it('reaches the others when one listener throws', async () => {
    let heard = false;
    const throwing = await subscribed('events', () => {
      throw new Error('broken listener');
    });
    const end = await subscribed('events', () => (heard = true));
    near.publish('events');
    await until(() => heard);
    expect(log.lines.join()).toContain('a listener has failed');
    throwing();
    end();
  });
});
