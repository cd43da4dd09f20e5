import { Conflict, Unavailable, instant, type RepositoryId } from '@sluice/kernel';
import { afterCommit } from '@sluice/runtime';
import { CHECKOUT, QA, describeOnServices, freshCluster, freshHash, freshRepository, sampleLiveness, samplePromotion, sampleReport, type Services } from '@sluice/testing';
import { wakeKey, type WakeTarget } from '@sluice/usecases';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from './create-store.js';
import { openStore } from './opened-store.fixture.js';

const LONG = 60_000;

describeOnServices('two workers on one database', (combination) => {
  let services: Services;
  let one: Awaited<ReturnType<typeof openStore>>;
  let two: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    services = await combination.start();
    [one, two] = await Promise.all([openStore(services), openStore(services)]);
  }, LONG);
  afterAll(async () => {
    await Promise.all([one?.close(), two?.close()]);
    await services?.stop();
  });
  const workers = (): readonly Store[] => [one.store, two.store];

  it('outlive that a connection breaks between two statements of a transaction: the transaction fails', async () => {
    const broken = one.store.transactions.run(async () => {
      await one.store.settings.put('half', 'done');
      await two.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()");
      // nobody asks the connection anything while it learns that it is gone
      await sleep(200);
      await one.store.settings.get('half');
    });
    await expect(broken).rejects.toThrow(Unavailable);
    expect(await two.store.settings.get('half')).toBeUndefined();
    await one.store.ping();
  });

  it('never hold the same lease', async () => {
    const key = freshRepository();
    const tries = Array.from({ length: 20 }, (_, index) => workers()[index % 2]!.leases.acquire(key, `worker-${index}`, LONG));
    expect((await Promise.all(tries)).filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('cannot commit what was done under a lease that the other has taken meanwhile', async () => {
    const key = freshRepository();
    const lease = await one.store.leases.acquire(key, 'worker-1', 200);
    const slow = one.store.transactions.run(
      async () => {
        await one.store.outbox.add(key, [{ idempotencyKey: 'slow', effect: {} }]);
        await until(async () => (await two.store.leases.acquire(key, 'worker-2', LONG)) !== undefined);
      },
      { lease: lease! },
    );
    await expect(slow).rejects.toThrow(Conflict);
    const taken = await two.store.leases.acquire(key, 'worker-2', LONG);
    await two.store.transactions.run(() => two.store.outbox.add(key, [{ idempotencyKey: 'fast', effect: {} }]), { lease: taken! });
    expect(await one.store.outbox.pending(key, 10)).toMatchObject([{ idempotencyKey: 'fast' }]);
  });

  it('change a version of a promotion once', async () => {
    const promotion = samplePromotion({ repository: freshRepository() });
    await one.store.promotions.insert(promotion);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => workers()[index % 2]!.promotions.update({ ...promotion, attempt: index })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Conflict);
  });

  it('open one promotion in a lane', async () => {
    const repository = freshRepository();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => workers()[index % 2]!.promotions.insert(samplePromotion({ repository }))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await one.store.promotions.list({ repository, limit: 10 })).items).toHaveLength(1);
  });

  it('fire a timer once', async () => {
    const targets = Array.from({ length: 60 }, (): WakeTarget => ({ kind: 'repository', repository: freshRepository() }));
    await Promise.all(targets.map((target) => one.store.wakes.setTimer(wakeKey(target), target, instant(Date.now() - 1_000))));
    const fired = await Promise.all(Array.from({ length: 8 }, (_, index) => workers()[index % 2]!.wakes.fireDue(20)));
    const keys = fired.flat().map(wakeKey);
    expect(keys.sort()).toEqual(targets.map(wakeKey).sort());
  });

  it('get out of a deadlock: both transactions are stored, and what follows the commit happens once', async () => {
    const [a, b] = [0, 1].map((): WakeTarget => ({ kind: 'repository', repository: freshRepository() })) as [WakeTarget, WakeTarget];
    const done: string[] = [];
    const raiseBoth = (store: Store, name: string, [first, second]: readonly [WakeTarget, WakeTarget]) =>
      store.transactions.run(async () => {
        await afterCommit(() => void done.push(name));
        await store.wakes.raise([first]);
        await sleep(100);
        await store.wakes.raise([second]);
      });
    await Promise.all([raiseBoth(one.store, 'one', [a, b]), raiseBoth(two.store, 'two', [b, a])]);
    expect(await one.store.wakes.pending(wakeKey(a))).toMatchObject({ revision: 2 });
    expect(await one.store.wakes.pending(wakeKey(b))).toMatchObject({ revision: 2 });
    expect(done.sort()).toEqual(['one', 'two']);
  });

  it('lose no wake that comes while a run works', async () => {
    // Often a few, not many at once: only the last run of a burst can show that one was lost.
    for (let burst = 0; burst < 25; burst++) {
      const [target, work] = [freshLane(), freshRepository()];
      let finished = false;
      const raisers = Promise.all(Array.from({ length: 4 }, (_, index) => raiseWithWork(workers()[index % 2]!, target, work)));
      void raisers.finally(() => (finished = true));
      const seen = await runUntilSettled(target, work, () => finished);
      await raisers;
      expect(seen).toBe(4);
    }
  });

  function freshLane(): WakeTarget {
    return { kind: 'lane', repository: freshRepository(), application: CHECKOUT, target: QA };
  }

  async function raiseWithWork(store: Store, target: WakeTarget, work: RepositoryId): Promise<void> {
    await sleep(Math.random() * 20);
    await store.transactions.run(async () => {
      await store.outbox.add(work, [{ idempotencyKey: 'work', effect: {} }]);
      await store.wakes.raise([target]);
      await sleep(Math.random() * 5);
    });
  }

  /** Works like a processor. @returns how much work the last run saw: it must be all that there is. */
  async function runUntilSettled(target: WakeTarget, work: RepositoryId, isFinished: () => boolean): Promise<number> {
    for (let seen = 0; ; ) {
      const isLast = isFinished();
      const run = await one.store.wakes.pending(wakeKey(target));
      if (run === undefined && isLast) return seen;
      if (run === undefined) continue;
      seen = (await one.store.outbox.pending(work, 100)).length;
      await sleep(Math.random() * 5);
      await two.store.wakes.settle(wakeKey(target), run.revision);
    }
  }

  it('settle a report before the next one, which then has the last word', async () => {
    const { store, cluster, entry } = await reportedOnce();
    let settled = (): void => undefined;
    const settling = new Promise<void>((resolve) => (settled = resolve));
    const older = one.store.transactions.run(async () => {
      expect(await one.store.clusters.saveLivenessOf(cluster, 1, [entry])).toBe(true);
      settled();
      await sleep(100);
    });
    await settling;
    await two.store.transactions.run(async () => {
      await two.store.clusters.report(cluster, sampleReport(2));
      await two.store.clusters.saveLiveness([{ ...entry, status: 'Failed', message: 'crashes' }]);
    });
    await older;
    expect(await store.clusters.liveness(entry.repository, QA)).toMatchObject([{ status: 'Failed' }]);
  });

  async function reportedOnce() {
    const { store } = one;
    const [repository, cluster, secret] = [freshRepository(), freshCluster(), freshHash()];
    await store.clusters.addJoinToken(secret, { cluster, repository, environment: QA, expiresAt: instant(Date.now() + LONG) });
    await store.clusters.enrol(secret, 'A'.repeat(43), (token) => ({ name: token.cluster, repository, environment: QA, agentVersion: '1', labels: {} }));
    await store.clusters.report(cluster, sampleReport(1));
    return { store, cluster, entry: sampleLiveness({ repository, cluster }) };
  }

  it('do not let a reader of events pass one that commits late', async () => {
    const start = (await one.store.events.after('from now on', 1)).cursor;
    let release = (): void => undefined;
    const late = new Promise<void>((resolve) => (release = resolve));
    let appended = (): void => undefined;
    const open = new Promise<void>((resolve) => (appended = resolve));
    const first = one.store.transactions.run(async () => {
      await one.store.events.append({ type: 'test', message: 'first' });
      appended();
      await late;
    });
    await open;
    await two.store.events.append({ type: 'test', message: 'second' });
    const early = await two.store.events.after(start, 10);
    expect(early.events).toEqual([]);
    release();
    await first;
    const all = await two.store.events.after(early.cursor, 10);
    expect(all.events.map(({ message }) => message)).toEqual(['first', 'second']);
  });

  it('show every event once to a reader that follows, in whatever order they commit', async () => {
    let cursor = (await one.store.events.after('from now on', 1)).cursor;
    const writers = Promise.all(Array.from({ length: 12 }, (_, writer) => writeEvents(workers()[writer % 2]!, writer, 8)));
    let finished = false;
    void writers.finally(() => (finished = true));
    const seen: string[] = [];
    for (let last = false; ; last = finished) {
      const page = await two.store.events.after(cursor, 7);
      expect(page.reset).toBe(false);
      seen.push(...page.events.map(({ message }) => message));
      cursor = page.cursor;
      if (last && page.events.length === 0) break;
    }
    await writers;
    expect(seen).toHaveLength(96);
    expect(new Set(seen).size).toBe(96);
  });

  async function writeEvents(store: Store, writer: number, count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      await store.transactions.run(async () => {
        await store.events.append({ type: 'test', message: `${writer}:${index}` });
        await sleep(Math.random() * 10);
      });
    }
  }
});

async function until(check: () => Promise<boolean>): Promise<void> {
  for (let left = 200; !(await check()); left--) {
    if (left === 0) throw new Error('it did not happen');
    await sleep(20);
  }
}
