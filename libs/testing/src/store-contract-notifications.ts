import { instant, later } from '@sluice/kernel';
import { noticeOf } from '@sluice/notify';
import type { NewNotification } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';

const NOW = instant(Date.parse('2026-11-26T12:00:00Z'));
let count = 0;

function aNotification(change: Partial<NewNotification> = {}): NewNotification {
  const number = ++count;
  const notice = noticeOf({ type: 'promotion.degraded', at: NOW, repository: 'shop', environment: 'prod', promotion: `prod-checkout-${number}`, message: 'crash' }, 'degraded', 'https://sluice.example.org');
  return { key: `${notice.id}-${Math.random()}`, target: `mail:ops-${number}@example.org`, state: 'waiting', message: { kind: 'one', notice }, createdAt: NOW, dueAt: NOW, ...change };
}

export function notificationsContract(store: () => ContractStore): void {
  describe('notifications', () => {
    const mine = async (target: string) => store().notifications.list({ target, limit: 100 });

    it('are kept once, however often they are added', async () => {
      const one = aNotification();
      expect(await store().notifications.add([one, aNotification()])).toHaveLength(2);
      expect(await store().notifications.add([one])).toEqual([]);
      const [kept, ...others] = await mine(one.target);
      expect(kept).toMatchObject({ ...one, attempts: 0 });
      expect(others).toEqual([]);
    });

    it('are due when their time has come, until that is settled', async () => {
      const [due, future] = [aNotification(), aNotification({ dueAt: later(NOW, 1) })];
      await store().notifications.add([due, future]);
      const targets = async () => (await store().notifications.due('waiting', NOW, { kinds: ['mail'], limit: 1_000 })).map(({ target }) => target);
      expect(await targets()).toContain(due.target);
      expect(await targets()).not.toContain(future.target);
      expect((await store().notifications.due('waiting', NOW, { kinds: ['slack', 'webhook'], limit: 1_000 })).map(({ target }) => target)).not.toContain(due.target);
      const [{ id = 0 } = {}] = await mine(due.target);
      await store().notifications.settle(id, { state: 'waiting', attempts: 1, dueAt: later(NOW, 10), lastError: 'no answer' });
      expect(await targets()).not.toContain(due.target);
      expect(await store().notifications.get(id)).toMatchObject({ attempts: 1, lastError: 'no answer', dueAt: later(NOW, 10) });
      await store().notifications.settle(id, { state: 'sent', attempts: 2, dueAt: NOW, endedAt: NOW });
      // what came to its end stays there: two who sent it do not disagree
      await store().notifications.settle(id, { state: 'failed', attempts: 9, dueAt: NOW, endedAt: NOW });
      const ended = await store().notifications.get(id);
      expect(ended).toMatchObject({ state: 'sent', attempts: 2, endedAt: NOW });
      expect(ended).not.toHaveProperty('lastError');
    });

    it('of one target are postponed together, and none of another', async () => {
      const target = `webhook:w-${Math.round(Math.random() * 1e9)}`;
      await store().notifications.add([aNotification({ target }), aNotification({ target, dueAt: later(NOW, 5_000) }), aNotification({ target: `${target}-2` })]);
      await store().notifications.postpone(target, later(NOW, 1_000));
      expect((await mine(target)).map(({ dueAt }) => dueAt - NOW)).toEqual([5_000, 1_000]);
      expect((await mine(`${target}-2`)).map(({ dueAt }) => dueAt - NOW)).toEqual([0]);
    });

    it('are given up together when they have waited too long for a target', async () => {
      const target = `webhook:dead-${Math.round(Math.random() * 1e9)}`;
      await store().notifications.add([aNotification({ target }), aNotification({ target }), aNotification({ target, createdAt: later(NOW, 1) }), aNotification({ target, state: 'held' })]);
      expect(await store().notifications.giveUp(target, NOW, { lastError: 'no answer', endedAt: later(NOW, 5) })).toBe(2);
      expect((await mine(target)).map(({ state }) => state)).toEqual(['held', 'waiting', 'failed', 'failed']);
    });

    it('that are held are gathered, and count no more as told one by one', async () => {
      const target = `slack:#c-${Math.round(Math.random() * 1e9)}`;
      await store().notifications.add([aNotification({ target, state: 'held' }), aNotification({ target, state: 'held' }), aNotification({ target })]);
      const held = (await store().notifications.due('held', NOW, { limit: 1_000 })).filter((one) => one.target === target);
      expect(held).toHaveLength(2);
      await store().notifications.gather(held.map(({ id }) => id), NOW);
      expect((await mine(target)).map(({ state }) => state)).toEqual(['waiting', 'gathered', 'gathered']);
      expect(await store().notifications.recent(target, NOW)).toBe(1);
      expect(await store().notifications.recent(target, later(NOW, 1))).toBe(0);
    });

    it('are counted by kind and state, and the next one that is due is known', async () => {
      await store().notifications.add([aNotification({ target: 'slack:#counted' }), aNotification({ target: '', state: 'unheard' }), aNotification({ dueAt: instant(1_000) }), aNotification({ target: 'slack:#fetched', dueAt: instant(500) })]);
      const counts = await store().notifications.counts();
      expect(counts).toContainEqual({ kind: 'none', state: 'unheard', count: 1 });
      expect(counts.find(({ kind, state }) => kind === 'slack' && state === 'waiting')?.count).toBeGreaterThan(0);
      expect(await store().notifications.nextDue()).toBe(1_000);
    });

    it('go to webhooks that are kept by name', async () => {
      const { notificationEndpoints } = store();
      const endpoint = { name: 'audit', host: 'hooks.example.org', sealed: 'sealed:1', changedAt: NOW };
      await notificationEndpoints.save(endpoint);
      await notificationEndpoints.save({ ...endpoint, sealed: 'sealed:2' });
      expect(await notificationEndpoints.get('audit')).toEqual({ ...endpoint, sealed: 'sealed:2' });
      expect(await notificationEndpoints.list()).toHaveLength(1);
      await notificationEndpoints.remove('audit');
      expect(await notificationEndpoints.get('audit')).toBeUndefined();
    });
  });
}
