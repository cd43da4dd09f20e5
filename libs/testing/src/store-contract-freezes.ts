import { instant, later, personName } from '@sluice/kernel';
import type { StoredFreeze } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CHECKOUT, PROD, SOME_DAY, freshRepository } from './store-samples.js';

export function freezesContract(store: () => ContractStore): void {
  describe('freezes', () => {
    const grace = personName('grace');
    let count = 0;
    const freeze = (fields: Partial<StoredFreeze>): StoredFreeze => ({ id: `freeze-${Math.random()}-${++count}`, repository: freshRepository(), reason: 'incident 7', by: grace, at: SOME_DAY, ...fields });

    it('come back as they were stored, in the order in which they were made, those of one repository', async () => {
      const { freezes } = store();
      const everywhere = freeze({});
      const one = freeze({ repository: everywhere.repository, environment: PROD, application: CHECKOUT, until: later(SOME_DAY, 1_000), at: later(SOME_DAY, -5) });
      for (const each of [everywhere, one, freeze({})]) await freezes.add(each);
      expect(await freezes.unlifted(everywhere.repository, SOME_DAY)).toEqual([everywhere, one]);
    });

    it('are over at their end', async () => {
      const { freezes } = store();
      const short = freeze({ until: later(SOME_DAY, 1_000) });
      await freezes.add(short);
      expect(await freezes.unlifted(short.repository, later(SOME_DAY, 999))).toEqual([short]);
      expect(await freezes.unlifted(short.repository, later(SOME_DAY, 1_000))).toEqual([]);
    });

    it('are lifted, and no others', async () => {
      const { freezes } = store();
      const first = freeze({});
      const second = freeze({ repository: first.repository, environment: PROD });
      for (const each of [first, second]) await freezes.add(each);
      await freezes.lift([first.id], { by: grace, at: instant(SOME_DAY + 1) });
      await freezes.lift([first.id, 'freeze-of-nobody'], { by: personName('ada'), at: instant(SOME_DAY + 2) });
      expect(await freezes.unlifted(first.repository, SOME_DAY)).toEqual([second]);
    });
  });
}
