import { later, personName, promotionId } from '@sluice/kernel';
import type { StoredRollout } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CHECKOUT, PROD, QA, SOME_DAY, freshRepository, sampleCommit } from './store-samples.js';

export function rolloutsContract(store: () => ContractStore): void {
  describe('rollouts', () => {
    const rollout = (fields: Partial<StoredRollout> = {}): StoredRollout => ({
      repository: freshRepository(),
      environment: PROD,
      id: 'prod-checkout-1',
      state: 'running',
      waves: [
        { clusters: { canary: 'true' }, soak: 900_000 },
        { clusters: {}, soak: 0 },
      ],
      onDegraded: 'pause',
      head: sampleCommit(2),
      base: sampleCommit(1),
      wave: 0,
      since: SOME_DAY,
      promotions: [promotionId('prod-checkout-1')],
      assigned: { 'prod-1': sampleCommit(2) },
      healthyBefore: { 'prod-1': [CHECKOUT] },
      faults: ['prod-1/checkout/2'],
      paused: { by: personName('grace'), reason: 'look', at: SOME_DAY },
      undoing: { reason: 'it burns', at: SOME_DAY },
      startedAt: SOME_DAY,
      revision: 3,
      version: 0,
      ...fields,
    });

    it('come back as they were stored, one of an environment', async () => {
      const { rollouts } = store();
      const first = await rollouts.save(rollout());
      expect(first.version).toBe(1);
      expect(await rollouts.of(first.repository, PROD)).toEqual(first);
      expect(await rollouts.of(first.repository, QA)).toBeUndefined();
      const { paused: _paused, ...rest } = first;
      const second = await rollouts.save({ ...rest, state: 'ended', end: 'done', endedAt: later(SOME_DAY, 1) });
      expect(await rollouts.of(first.repository, PROD)).toEqual(second);
    });

    it('are stored by one of two at once', async () => {
      const { rollouts } = store();
      const first = await rollouts.save(rollout());
      await expect(rollouts.save({ ...first, version: 0 })).rejects.toThrow('look again');
      await rollouts.save({ ...first, wave: 1 });
      await expect(rollouts.save({ ...first, wave: 2 })).rejects.toThrow('look again');
      expect(await rollouts.of(first.repository, PROD)).toMatchObject({ wave: 1 });
    });

    it('are listed until they have ended', async () => {
      const { rollouts } = store();
      const first = await rollouts.save(rollout());
      const other = await rollouts.save(rollout({ repository: first.repository, environment: QA, state: 'gathering' }));
      expect(await rollouts.active(first.repository)).toEqual([first, other]);
      expect((await rollouts.active()).length).toBeGreaterThanOrEqual(2);
      await rollouts.save({ ...first, state: 'ended' });
      expect(await rollouts.active(first.repository)).toEqual([other]);
    });
  });
}
