import { Conflict } from '@sluice/kernel';
import type { ContractStore } from './store-contract-ports.js';
import { CHECKOUT, QA, freshRepository, samplePromotion } from './store-samples.js';

export function transactionsContract(store: () => ContractStore): void {
  describe('a transaction', () => {
    it('stores everything that was done inside, however deep', async () => {
      const { transactions, promotions, outbox } = store();
      const promotion = samplePromotion({ repository: freshRepository() });
      await transactions.run(async () => {
        await promotions.insert(promotion);
        await transactions.run(() => outbox.add(promotion.repository, [{ idempotencyKey: 'merge', effect: { kind: 'merge' } }]));
      });
      expect(await promotions.get(promotion.repository, promotion.id)).toBeDefined();
      expect(await outbox.pending(promotion.repository, 10)).toHaveLength(1);
    });

    it('leaves nothing behind when the work fails', async () => {
      const { transactions, promotions, outbox } = store();
      const promotion = samplePromotion({ repository: freshRepository() });
      const work = transactions.run(async () => {
        await promotions.insert(promotion);
        await outbox.add(promotion.repository, [{ idempotencyKey: 'merge', effect: {} }]);
        throw new Error('the second thought');
      });
      await expect(work).rejects.toThrow('the second thought');
      expect(await promotions.get(promotion.repository, promotion.id)).toBeUndefined();
      expect(await outbox.pending(promotion.repository, 10)).toEqual([]);
    });

    it('is not committed when a part of it failed, even if that was caught', async () => {
      const { transactions, outbox } = store();
      const key = freshRepository();
      const work = transactions.run(async () => {
        await outbox.add(key, [{ idempotencyKey: 'first', effect: {} }]);
        await transactions.run(() => Promise.reject(new Error('half done'))).catch(() => undefined);
      });
      await expect(work).rejects.toThrow('half done');
      expect(await outbox.pending(key, 10)).toEqual([]);
    });

    it('sees its own writes and takes calls that are made at once', async () => {
      const { transactions, promotions, settings } = store();
      const promotion = samplePromotion({ repository: freshRepository() });
      const seen = await transactions.run(async () => {
        await promotions.insert(promotion);
        return Promise.all([promotions.current({ repository: promotion.repository, application: CHECKOUT, target: QA }), settings.get('nothing'), promotions.get(promotion.repository, promotion.id)]);
      });
      expect(seen.map((one) => (typeof one === 'object' ? one.id : one))).toEqual([promotion.id, undefined, promotion.id]);
    });

    it('goes on after an expected conflict inside it', async () => {
      const { transactions, promotions } = store();
      const repository = freshRepository();
      const [first, second] = [samplePromotion({ repository }), samplePromotion({ repository, state: 'live' })];
      await promotions.insert(first);
      await transactions.run(async () => {
        await expect(promotions.insert(first)).rejects.toThrow(Conflict);
        await expect(promotions.update({ ...first, version: 7 })).rejects.toThrow(Conflict);
        await promotions.insert(second);
      });
      expect(await promotions.get(repository, second.id)).toBeDefined();
    });

    it('commits under a lease that is still held', async () => {
      const { transactions, leases, outbox } = store();
      const key = freshRepository();
      const lease = await leases.acquire(key, 'worker-1', 60_000);
      await transactions.run(() => outbox.add(key, [{ idempotencyKey: 'a', effect: {} }]), { lease: lease! });
      expect(await outbox.pending(key, 1)).toHaveLength(1);
    });

    it('is refused under a lease that was lost before it began', async () => {
      const { transactions, leases, outbox } = store();
      const key = freshRepository();
      const lease = await leases.acquire(key, 'worker-1', 60_000);
      await leases.release(lease!);
      await leases.acquire(key, 'worker-2', 60_000);
      await expect(transactions.run(() => outbox.add(key, [{ idempotencyKey: 'a', effect: {} }]), { lease: lease! })).rejects.toThrow(Conflict);
      expect(await outbox.pending(key, 1)).toEqual([]);
    });

    it('is refused under a lease that ended while it worked', async () => {
      const { transactions, leases, outbox } = store();
      const key = freshRepository();
      const lease = await leases.acquire(key, 'worker-1', 400);
      const work = transactions.run(
        async () => {
          await outbox.add(key, [{ idempotencyKey: 'a', effect: {} }]);
          await new Promise((resolve) => setTimeout(resolve, 500));
        },
        { lease: lease! },
      );
      await expect(work).rejects.toThrow(Conflict);
      expect(await outbox.pending(key, 1)).toEqual([]);
    });
  });
}
