import { jest } from '@jest/globals';
import { Busy, instant } from '@sluice/kernel';
import { runInTransactionScope } from '@sluice/runtime';
import { createFakeWakeStore, describeCombinations, type Services } from '@sluice/testing';
import { wakeKey } from '@sluice/usecases';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackendQueue } from './queue-backend.js';
import { lane, openBench, until, type Bench } from './queue-bench.fixture.js';
import { runWake } from './run-wake.js';

jest.setTimeout(120_000);

describeCombinations('a wake', (combination) => {
  let services: Services;
  let bench: Bench;
  /** Revisions as the runs saw them: what a run does is to look, so this is all that it could see. */
  let seen: number[];
  let newest: number;
  /** The database's. */
  let time: number;

  beforeAll(async () => void (services = await combination.start()));
  afterAll(() => services.stop());
  beforeEach(async () => {
    time = Date.now();
    bench = await openBench(services, createFakeWakeStore(() => time));
    [seen, newest] = [[], 0];
  });
  afterEach(() => bench.close());

  // A target of its own a test: what another test left in Redis does not matter.
  let count = 0;
  const fresh = (): ReturnType<typeof lane> => lane(`application-${++count}`);
  const look = async (): Promise<void> => void seen.push(newest);
  const change = (): void => void newest++;
  const settled = (): Promise<void> => until(() => bench.store.unsettled().length === 0);

  it('has its target looked at', async () => {
    bench.startWorker(look);
    change();
    await bench.wakes.wake(fresh());
    await settled();
    expect(seen).toEqual([1]);
  });

  it('is one of many for which one run is enough, when none has begun', async () => {
    const target = fresh();
    for (let i = 0; i < 20; i++) {
      change();
      await bench.wakes.wake(target);
    }
    bench.startWorker(look);
    await settled();
    expect(seen).toEqual([20]);
  });

  it('during a run makes another run after it, never beside it', async () => {
    const target = fresh();
    let running = 0;
    let most = 0;
    bench.startWorker(async () => {
      most = Math.max(most, ++running);
      await look();
      if (seen.length === 1) {
        for (let i = 0; i < 3; i++) {
          change();
          await bench.wakes.wake(target);
        }
        await sleep(50);
      }
      running--;
    });
    change();
    await bench.wakes.wake(target);
    await settled();
    expect(seen.at(-1)).toBe(newest);
    expect(most).toBe(1);
  });

  it('during the back-off of a failed run is seen by the next run', async () => {
    const target = fresh();
    let failures = 0;
    bench.startWorker(async () => {
      if (failures++ === 0) throw new Error('not this time');
      await look();
    });
    change();
    await bench.wakes.wake(target);
    await until(() => failures > 0);
    change();
    await bench.wakes.wake(target);
    await settled();
    expect(seen.at(-1)).toBe(2);
  });

  it('beside a timer of the same target is not held back by it, and the timer still comes', async () => {
    const target = fresh();
    bench.startWorker(look);
    bench.startPoller({ overdueAfter: 60_000 });
    await bench.wakes.wakeAt('soak', target, instant(time + 60_000));
    change();
    await bench.wakes.wake(target);
    await until(() => seen.length === 1);
    await settled();
    change();
    time += 60_000;
    await until(() => seen.length === 2);
    expect(seen).toEqual([1, 2]);
  });

  it('whose job was lost is found by the poller', async () => {
    bench.startWorker(look);
    bench.startPoller();
    await sleep(30);
    change();
    await bench.store.raise([fresh()]);
    time += 50;
    await settled();
    expect(seen).toEqual([1]);
  });

  it('whose job is repeated is not worked on twice', async () => {
    const target = fresh();
    bench.startWorker(look);
    change();
    await bench.wakes.wake(target);
    await settled();
    await bench.queues.enqueue([target]);
    const other = fresh();
    await bench.wakes.wake(other);
    await settled();
    await sleep(50);
    expect(seen).toEqual([1, 1]);
  });

  it('whose jobs come in another order ends with every target looked at in its newest state', async () => {
    const targets = Array.from({ length: 12 }, fresh);
    await bench.store.raise(targets);
    const last = new Map<string, number>();
    for (const target of targets.toReversed()) await bench.queues.enqueue([target, target]);
    bench.startWorker(async (target) => void last.set(wakeKey(target), newest));
    change();
    await bench.wakes.wake(...targets);
    await settled();
    expect([...last.keys()].toSorted()).toEqual(targets.map(wakeKey).toSorted());
  });

  it('in a transaction becomes a job after the commit', async () => {
    bench.startWorker(look);
    change();
    const target = fresh();
    await runInTransactionScope(async () => {
      await bench.wakes.wake(target);
      await sleep(100);
      expect(seen).toEqual([]);
    });
    await settled();
    expect(seen).toEqual([1]);
  });

  it('is never enqueued inside a transaction', async () => {
    await expect(runInTransactionScope(() => bench.queues.enqueue([fresh()]))).rejects.toThrow('a queue call inside a database transaction');
  });

  it('whose last attempt fails comes back by a timer in the database', async () => {
    const target = fresh();
    change();
    await bench.store.raise([target]);
    const fail = (): Promise<void> => Promise.reject(new Error('no'));
    await expect(runWake(target, fail, { ...bench, attempt: 4, attempts: 5, backIn: 60 })).rejects.toThrow('no');
    expect(await bench.store.nextDue?.()).toBeUndefined();
    await expect(runWake(target, fail, { ...bench, attempt: 5, attempts: 5, backIn: 60 })).rejects.toThrow('no');
    expect(await bench.store.nextDue?.()).toBeGreaterThan(0);
    time = Date.now() + 60;
    bench.startWorker(look);
    bench.startPoller({ overdueAfter: 60_000 });
    await settled();
    expect(seen.at(-1)).toBe(1);
  });

  it('that finds somebody busy is no failure, and comes back when that is over', async () => {
    const target = fresh();
    await bench.store.raise([target]);
    const later = Date.now() + 30_000;
    await runWake(target, () => Promise.reject(new Busy('later', later)), { ...bench, attempt: 1, attempts: 5 });
    expect(await bench.store.nextDue?.()).toBeGreaterThan(29_000);
    expect(await bench.store.pending(wakeKey(target))).toBeUndefined();
    time = later + 10_000;
    change();
    bench.startWorker(look);
    bench.startPoller({ overdueAfter: 60_000 });
    await until(() => seen.length > 0);
    expect(seen.at(-1)).toBe(1);
  });

  it('keeps the maintenance to one job a period, however many ask', async () => {
    await Promise.all(Array.from({ length: 5 }, () => bench.queues.enqueueMaintenance(60_000)));
    const queue = new BackendQueue('maintenance', { connection: bench.backend.connection, prefix: bench.backend.prefix });
    expect(await queue.getWaitingCount()).toBe(1);
    await queue.close();
  });

  it('of hundreds of targets at once reaches every one', async () => {
    const targets = Array.from({ length: 300 }, fresh);
    bench.startWorker(look, { concurrency: 10 });
    for (let round = 0; round < 3; round++) {
      change();
      await bench.wakes.wake(...targets);
    }
    await settled();
    expect(seen.filter((revision) => revision === newest).length).toBeGreaterThanOrEqual(300);
  });
});
