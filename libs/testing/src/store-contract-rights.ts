import { instant, later, personName } from '@sluice/kernel';
import type { ServerBinding, TemporaryRight } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CHECKOUT, PROD, SOME_DAY, freshPerson, freshRepository } from './store-samples.js';

export function rightsContract(store: () => ContractStore): void {
  describe('rights', () => {
    const [grace, ada] = [personName('grace'), personName('ada')];
    let count = 0;
    const id = (): string => `right-${Math.random()}-${++count}`;
    const binding = (fields: Partial<ServerBinding>): ServerBinding => ({ id: id(), role: 'approver', who: { kind: 'group', name: 'sre' }, repositories: '*', application: '*', environment: 'prod', reason: 'on call', by: ada, at: SOME_DAY, ...fields });
    const right = (fields: Partial<TemporaryRight>): TemporaryRight => ({ id: id(), kind: 'break-glass', repository: freshRepository(), person: grace, reason: 'incident 7', at: SOME_DAY, until: later(SOME_DAY, 1_000), ...fields });

    it('of the server come back in the order in which they were given, until they are taken away', async () => {
      const { rights } = store();
      const given = [binding({}), binding({ who: { kind: 'person', name: 'ada' }, application: 'cart' }), binding({ who: { kind: 'anyone' }, role: 'viewer' })];
      for (const each of given) await rights.bind(each);
      const own = async () => (await rights.bindings()).filter((each) => given.some((one) => one.id === each.id));
      expect(await own()).toEqual(given);
      await rights.unbind(given[1]!.id);
      expect(await own()).toEqual([given[0], given[2]]);
    });

    it('for a time come back as they were given, those of one repository, while their time has not ended', async () => {
      const { rights } = store();
      const glass = right({});
      const delegation = right({ kind: 'delegation', repository: glass.repository, environment: PROD, application: CHECKOUT, giver: ada, until: later(SOME_DAY, 500) });
      for (const each of [glass, delegation, right({})]) await rights.give(each);
      expect(await rights.temporary(glass.repository, SOME_DAY)).toEqual([glass, delegation]);
      expect(await rights.temporary(glass.repository, later(SOME_DAY, 500))).toEqual([glass]);
    });

    it('that are ended early say by whom; the first word counts', async () => {
      const { rights } = store();
      const glass = right({});
      await rights.give(glass);
      await rights.end(glass.id, { by: ada, at: instant(SOME_DAY + 1) });
      await rights.end(glass.id, { by: grace, at: instant(SOME_DAY + 2) });
      expect(await rights.temporary(glass.repository, SOME_DAY)).toEqual([{ ...glass, endedBy: ada, endedAt: SOME_DAY + 1 }]);
    });

    it('that somebody has got or given end all at once, in every repository, but for those that had ended', async () => {
      const { rights } = store();
      const leaver = freshPerson().name;
      const [got, given] = [right({ person: leaver }), right({ kind: 'delegation', giver: leaver, person: grace })];
      const [over, others] = [right({ person: leaver, until: later(SOME_DAY, 100) }), right({ kind: 'delegation', repository: got.repository, giver: ada })];
      for (const each of [got, given, over, others]) await rights.give(each);
      const ended = { by: ada, at: later(SOME_DAY, 200) };
      const all = await rights.endAllOf(leaver, ended);
      expect(all).toEqual([got, given].map((one) => ({ ...one, endedBy: ended.by, endedAt: ended.at })));
      expect(await rights.endAllOf(leaver, ended)).toEqual([]);
      expect(await rights.temporary(got.repository, SOME_DAY)).toEqual([all[0], others]);
      expect(await rights.temporary(over.repository, SOME_DAY)).toEqual([over]);
    });
  });
}
