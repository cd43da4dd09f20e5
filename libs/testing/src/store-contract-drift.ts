import { clusterName } from '@sluice/kernel';
import type { DriftDiffs } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';

export function driftContract(store: () => ContractStore): void {
  describe('what differs in drifted places', () => {
    const EU = clusterName('drift-eu');
    const US = clusterName('drift-us');
    const diffs = (fields: Partial<DriftDiffs> = {}): DriftDiffs => ({
      cluster: EU,
      sequence: 3,
      places: [
        { path: 'a.yaml', diff: { fields: [{ object: 'ConfigMap a', field: 'data.level', wanted: '"info"', live: '"debug"', by: 'kubectl-edit' }], truncated: true, capture: { text: 'a: 1\n' } } },
        {
          path: 'b.yaml',
          object: 'Deployment.apps shop/web',
          diff: { fields: [], foreign: [{ field: 'spec.paused', live: 'true', by: 'someone' }], lines: { wanted: 1, live: 2 }, capture: { fields: [{ path: ['spec', 'containers', { item: 'web' }, 'image'], value: '"web:2"' }, { path: ['a'] }] } },
        },
      ],
      ...fields,
    });

    it('comes back as it was stored, and the newest counts', async () => {
      const { drift } = store();
      await drift.save(diffs());
      expect((await drift.of([EU, US])).get(EU)).toEqual(diffs());
      const newer = diffs({ sequence: 4, places: diffs().places.slice(0, 1) });
      await drift.save(newer);
      await drift.save(diffs({ cluster: US }));
      expect([...(await drift.of([EU])).values()]).toEqual([newer]);
    });

    it('is gone when a report has none', async () => {
      const { drift } = store();
      await drift.save(diffs());
      await drift.save(diffs({ sequence: 5, places: [] }));
      expect((await drift.of([EU])).size).toBe(0);
      expect((await drift.of([])).size).toBe(0);
    });
  });
}
