import { promotionId } from '@sluice/kernel';
import type { StoredEvent } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CHECKOUT, QA, freshCluster, freshRepository } from './store-samples.js';

export function eventsContract(store: () => ContractStore): void {
  describe('the event log', () => {
    it('gives every event once and in order to who goes on from the last cursor', async () => {
      const start = await newest();
      const repository = freshRepository();
      await store().events.append(...[1, 2, 3].map((number) => ({ type: 'test', repository, message: `event ${number}` })));
      await store().events.append({ type: 'test', repository, message: 'event 4' });
      const seen = await readFrom(start, 3);
      expect(seen.map(({ message }) => message)).toEqual(['event 1', 'event 2', 'event 3', 'event 4']);
      expect(new Set(seen.map(({ cursor }) => cursor)).size).toBe(4);
    });

    it('keeps what an event is about', async () => {
      const start = await newest();
      const event = { type: 'promotion.opened', repository: freshRepository(), environment: QA, application: CHECKOUT, promotion: promotionId('qa-1'), cluster: freshCluster(), message: 'opened', by: 'ada' };
      await store().events.append(event);
      expect(await readFrom(start, 10)).toEqual([{ ...event, cursor: expect.any(String), at: expect.any(Number) }]);
    });

    it('has nothing new for who has seen all', async () => {
      await store().events.append({ type: 'test', message: 'last' });
      const cursor = await newest();
      expect(await store().events.after(cursor, 10)).toEqual({ events: [], reset: false, cursor });
    });

    it('appends nothing of a transaction that failed', async () => {
      const { events, transactions } = store();
      const start = await newest();
      await expect(transactions.run(() => events.append({ type: 'test', message: 'not so' }).then(() => Promise.reject(new Error('no'))))).rejects.toThrow('no');
      expect(await readFrom(start, 10)).toEqual([]);
    });

    it('starts from the oldest that is kept without a cursor', async () => {
      await store().events.append({ type: 'test', message: 'there is one' });
      const { events, reset } = await store().events.after(undefined, 1);
      expect({ found: events.length, reset }).toEqual({ found: 1, reset: false });
    });

    it.each(['', 'nonsense', '1', '-1-1', '99999999999999999999999-1', '18446744073709551615-1'])('answers the unknown cursor %j with a reset to the newest state', async (unknown) => {
      await store().events.append({ type: 'test', message: 'last' });
      const { reset, events, cursor } = await store().events.after(unknown, 10);
      expect({ reset, events }).toEqual({ reset: true, events: [] });
      expect(await readFrom(cursor, 10)).toEqual([]);
    });

    async function newest(): Promise<string> {
      const { cursor } = await store().events.after('start from the newest', 1);
      return cursor;
    }

    async function readFrom(start: string, limit: number): Promise<StoredEvent[]> {
      const seen: StoredEvent[] = [];
      for (let cursor = start; ; ) {
        const page = await store().events.after(cursor, limit);
        if (page.events.length === 0) return seen;
        seen.push(...page.events);
        cursor = page.cursor;
      }
    }
  });
}
