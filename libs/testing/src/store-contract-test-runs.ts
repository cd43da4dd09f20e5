import { clusterName, commitSha, personName } from '@sluice/kernel';
import type { TestRun } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CHECKOUT, PROD, SOME_DAY, freshRepository } from './store-samples.js';

export function testRunsContract(store: () => ContractStore): void {
  describe('runs of tests', () => {
    let count = 0;
    const run = (fields: Partial<TestRun> = {}): TestRun => {
      const unique = `${Math.random()}-${++count}`;
      const test = { name: 'smoke', command: ['./smoke.sh'], timeout: 60_000, image: 'alpine' };
      return { id: `run-${unique}`, subject: unique, number: 1, repository: freshRepository(), environment: PROD, application: CHECKOUT, commit: commitSha('c'.repeat(40)), test, state: 'ordered', orderedAt: SOME_DAY, take: 0, lost: 0, message: '', version: 1, ...fields };
    };

    it('come back as they were ordered, and are open until they have ended', async () => {
      const { testRuns } = store();
      const ordered = run({ orderedBy: personName('ada') });
      expect(await testRuns.order(ordered)).toBe(true);
      expect(await testRuns.get(ordered.repository, ordered.id)).toEqual(ordered);
      expect(await testRuns.newest(ordered.subject)).toEqual(ordered);
      expect(await testRuns.open(ordered.repository, PROD)).toEqual([ordered]);
      expect(await testRuns.save({ ...ordered, state: 'passed', duration: 3, exitCode: 0 }, 'all is well \u0000')).toBe(true);
      expect(await testRuns.open(ordered.repository, PROD)).toEqual([]);
      expect(await testRuns.newest(ordered.subject)).toMatchObject({ state: 'passed', duration: 3, version: 2 });
      expect(await testRuns.output(ordered.repository, ordered.id)).toBe('all is well \ufffd');
    });

    it('of one content and number are there once', async () => {
      const { testRuns } = store();
      const first = run();
      const again = run({ repository: first.repository, subject: first.subject });
      expect(await Promise.all([testRuns.order(first), testRuns.order(again)])).toContain(false);
      const second = run({ repository: first.repository, subject: first.subject, number: 2 });
      expect(await testRuns.order(second)).toBe(true);
      expect(await testRuns.newest(first.subject)).toEqual(second);
    });

    it('go to one of two who take them at once', async () => {
      const { testRuns } = store();
      const ordered = run();
      await testRuns.order(ordered);
      const taken = ['eu', 'us'].map((name) => testRuns.save({ ...ordered, state: 'running', cluster: clusterName(name), take: 1 }));
      expect((await Promise.all(taken)).sort()).toEqual([false, true]);
    });

    it('are listed newest first, and the oldest that are done are forgotten', async () => {
      const { testRuns } = store();
      const [kept, old] = [run(), run()];
      const { repository } = old;
      await testRuns.order({ ...kept, repository });
      await testRuns.order(old);
      await testRuns.save({ ...old, state: 'failed' }, 'no');
      const many = Array.from({ length: 50 }, () => run({ repository }));
      for (const one of many) await testRuns.order(one);
      expect(await testRuns.get(repository, old.id)).toBeUndefined();
      expect(await testRuns.get(repository, kept.id)).toBeDefined();
      expect((await testRuns.list({ repository, environment: PROD, application: CHECKOUT, limit: 2 })).map(({ id }) => id)).toEqual(many.slice(-2).reverse().map(({ id }) => id));
    });

    it('are allowed by machines that say so', async () => {
      const { testRuns } = store();
      const [eu, us] = [clusterName(`eu-${++count}`), clusterName(`us-${count}`)];
      const allowed = [{ name: 'smoke', command: ['./smoke.sh'] }];
      expect(await testRuns.announce(eu, allowed)).toBe(true);
      expect(await testRuns.announce(eu, allowed)).toBe(false);
      expect(await testRuns.announce(us, [])).toBe(true);
      expect(await testRuns.allowed([eu, us, clusterName('nobody')])).toEqual(new Map([[eu, allowed], [us, []]]));
      expect(await testRuns.announce(us, undefined)).toBe(true);
      expect(await testRuns.announce(us, undefined)).toBe(false);
      expect(await testRuns.allowed([us])).toEqual(new Map());
    });
  });
}
