import { instant } from '@sluice/kernel';
import { wakeKey, type WakeTarget } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CHECKOUT, QA, freshRepository } from './store-samples.js';

const LONG = 60_000;

function freshLane(): WakeTarget {
  return { kind: 'lane', repository: freshRepository(), application: CHECKOUT, target: QA };
}

export function coordinationContract(store: () => ContractStore): void {
  describe('leases', () => {
    it('have one holder, until they are released', async () => {
      const { leases } = store();
      const key = freshRepository();
      const first = await leases.acquire(key, 'worker-1', LONG);
      expect(first).toEqual({ key, holder: 'worker-1', fence: expect.any(Number) });
      expect(await leases.acquire(key, 'worker-2', LONG)).toBeUndefined();
      await leases.release(first!);
      expect((await leases.acquire(key, 'worker-2', LONG))!.fence).toBeGreaterThan(first!.fence);
    });

    it('end by the clock of the database, and then cannot be renewed', async () => {
      const { leases } = store();
      const key = freshRepository();
      const first = await leases.acquire(key, 'worker-1', 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await leases.renew(first!, LONG)).toBe(false);
      const second = await leases.acquire(key, 'worker-2', LONG);
      expect(second!.fence).toBeGreaterThan(first!.fence);
      await leases.release(first!);
      expect(await leases.renew(second!, LONG)).toBe(true);
    });

    it('keep their fence when the holder takes or renews them again', async () => {
      const { leases } = store();
      const first = await leases.acquire(freshRepository(), 'worker-1', LONG);
      expect(await leases.acquire(first!.key, 'worker-1', LONG)).toEqual(first);
      expect(await leases.renew(first!, LONG)).toBe(true);
    });
  });

  describe('wakes', () => {
    it('are pending until a run has seen the newest', async () => {
      const { wakes } = store();
      const target = freshLane();
      const key = wakeKey(target);
      expect(await wakes.pending(key)).toBeUndefined();
      await wakes.raise([target, target]);
      const seen = await wakes.pending(key);
      expect(seen).toEqual({ target, revision: 1 });
      expect(await wakes.settle(key, seen!.revision)).toBe(false);
      expect(await wakes.pending(key)).toBeUndefined();
    });

    it('that come during a run make it run again', async () => {
      const { wakes } = store();
      const target = freshLane();
      const key = wakeKey(target);
      await wakes.raise([target]);
      const run = await wakes.pending(key);
      await wakes.raise([target]);
      expect(await wakes.settle(key, run!.revision)).toBe(true);
      expect(await wakes.pending(key)).toEqual({ target, revision: 2 });
    });

    it('are not undone by the late end of an older run', async () => {
      const { wakes } = store();
      const target = freshLane();
      const key = wakeKey(target);
      await wakes.raise([target]);
      await wakes.raise([target]);
      await wakes.settle(key, 2);
      expect(await wakes.settle(key, 1)).toBe(false);
      expect(await wakes.pending(key)).toBeUndefined();
    });

    it('need a job when they are the first since the last run, and when theirs does not come', async () => {
      const { wakes } = store();
      const [one, other] = [freshLane(), freshLane()];
      expect(await wakes.raise([one])).toEqual([one]);
      expect(await wakes.raise([one, other])).toEqual([other]);
      await wakes.settle(wakeKey(one), 1);
      // raised while it ran: the end of the run sees to it
      expect(await wakes.raise([one])).toEqual([]);
      await wakes.settle(wakeKey(one), 3);
      expect(await wakes.raise([one])).toEqual([one]);
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      expect(await wakes.raise([one])).toEqual([one]);
    });

    it('that no run has settled for a while are overdue', async () => {
      const { wakes } = store();
      const target = freshLane();
      await wakes.raise([target]);
      expect(await wakes.overdue(LONG, 1_000)).not.toContainEqual(target);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await wakes.overdue(5, 1_000)).toContainEqual(target);
      await wakes.settle(wakeKey(target), 1);
      expect(await wakes.overdue(0, 1_000)).not.toContainEqual(target);
    });

    it('are part of the transaction around them', async () => {
      const { wakes, transactions } = store();
      const target = freshLane();
      await expect(transactions.run(() => wakes.raise([target]).then(() => Promise.reject(new Error('no'))))).rejects.toThrow('no');
      expect(await wakes.pending(wakeKey(target))).toBeUndefined();
    });
  });

  describe('timers', () => {
    it('raise their target once, when they are due', async () => {
      const { wakes } = store();
      const [due, later] = [freshLane(), { kind: 'environment', repository: freshRepository(), environment: QA } as const];
      await wakes.setTimer(wakeKey(due), due, instant(Date.now() - 1_000));
      await wakes.setTimer(wakeKey(later), later, instant(Date.now() + 3_600_000));
      const fired = await wakes.fireDue(1_000);
      expect(fired).toContainEqual(due);
      expect(fired).not.toContainEqual(later);
      expect(await wakes.pending(wakeKey(due))).toMatchObject({ target: due });
      expect(await wakes.fireDue(1_000)).toEqual([]);
    });

    it('say how long it is until the next one', async () => {
      const { wakes } = store();
      const target: WakeTarget = { kind: 'repository', repository: freshRepository() };
      await wakes.setTimer('next', target, instant(Date.now() - 60_000));
      expect(await wakes.nextDue?.()).toBeLessThanOrEqual(0);
      await wakes.fireDue(1_000);
      await wakes.setTimer('next', target, instant(Date.now() + 60_000));
      // Another test's timer is an hour away.
      const left = await wakes.nextDue?.();
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThan(120_000);
      await wakes.setTimer('next', target, instant(0));
      await wakes.fireDue(1_000);
    });

    it('are moved by a later call with the same id', async () => {
      const { wakes } = store();
      const target: WakeTarget = { kind: 'repository', repository: freshRepository() };
      await wakes.setTimer('soak', target, instant(Date.now() - 1_000));
      await wakes.setTimer('soak', target, instant(Date.now() + 3_600_000));
      expect(await wakes.fireDue(1_000)).not.toContainEqual(target);
      await wakes.setTimer('soak', target, instant(0));
      expect(await wakes.fireDue(1)).toEqual([target]);
    });
  });

  describe('the outbox', () => {
    it('gives the effects of one key in order until they are done', async () => {
      const { outbox } = store();
      const key = freshRepository();
      await outbox.add(key, [{ idempotencyKey: 'open', effect: { kind: 'open', title: 'a\u0000b' } }]);
      await outbox.add(key, []);
      await outbox.add(key, [{ idempotencyKey: 'merge', effect: ['merge', 1, null] }]);
      await outbox.add(freshRepository(), [{ idempotencyKey: 'other', effect: {} }]);
      const [open, merge, ...rest] = await outbox.pending(key, 10);
      expect([open, merge]).toMatchObject([
        { key, idempotencyKey: 'open', effect: { kind: 'open', title: 'a\ufffdb' }, attempts: 0 },
        { key, idempotencyKey: 'merge', effect: ['merge', 1, null], attempts: 0 },
      ]);
      expect(rest).toEqual([]);
      await outbox.failed(open!.id, 'the forge did not answer');
      expect(await outbox.pending(key, 1)).toMatchObject([{ id: open!.id, attempts: 1, lastError: 'the forge did not answer' }]);
      await outbox.done(open!.id);
      expect(await outbox.pending(key, 10)).toEqual([merge]);
    });
  });
}
