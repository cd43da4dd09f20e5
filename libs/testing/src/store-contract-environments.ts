import { Conflict, applicationName, instant } from '@sluice/kernel';
import type { ContractStore } from './store-contract-ports.js';
import { CART, CHECKOUT, PROD, QA, SOME_DAY, freshRepository, sampleCommit, sampleEnvironmentCommit, sampleEnvironmentState } from './store-samples.js';

export function environmentsContract(store: () => ContractStore): void {
  describe('the environment index', () => {
    it('keeps the last state of each environment', async () => {
      const { environments } = store();
      const state = sampleEnvironmentState({ repository: freshRepository() });
      expect(await environments.state(state.repository, QA)).toBeUndefined();
      await environments.save(state);
      expect(await environments.state(state.repository, QA)).toEqual(state);
      const { head: _head, message: _message, ...empty } = { ...state, tampered: {}, held: {} };
      await environments.save(empty);
      await environments.save({ ...state, environment: PROD });
      expect(await environments.states(state.repository)).toEqual([{ ...state, environment: PROD }, empty]);
    });

    it('finds commits by position and the position of a commit', async () => {
      const { environments } = store();
      const repository = freshRepository();
      const commits = [1, 2, 3].map((position) => sampleEnvironmentCommit(position));
      await environments.append(repository, QA, commits);
      expect(await environments.position(repository, QA, sampleCommit(2))).toBe(2);
      expect(await environments.position(repository, PROD, sampleCommit(2))).toBeUndefined();
      expect(await environments.positions(repository, QA, [3, 9, 1].map(sampleCommit))).toEqual(new Map([[sampleCommit(1), 1], [sampleCommit(3), 3]]));
      expect(await environments.positions(repository, QA, [])).toEqual(new Map());
      expect(await environments.commits(repository, QA, { limit: 2 })).toEqual([commits[2], commits[1]]);
      expect(await environments.commits(repository, QA, { before: 2, limit: 2 })).toEqual([commits[0]]);
    });

    it('knows the content of every application as of any position', async () => {
      const { environments } = store();
      const repository = freshRepository();
      await environments.append(repository, QA, [
        sampleEnvironmentCommit(1, { content: [CHECKOUT, CART] }),
        sampleEnvironmentCommit(2, { content: [CART], uses: [CART, CHECKOUT] }),
        sampleEnvironmentCommit(3, { content: [] }),
        sampleEnvironmentCommit(4, { content: [CHECKOUT] }),
        sampleEnvironmentCommit(5, { content: [], uses: [applicationName('never-there')] }),
      ]);
      const head = (application: typeof CART, position: number, touched: number) => ({
        application,
        commit: sampleCommit(position),
        position,
        touched,
        committedAt: instant(SOME_DAY + position),
        subject: `change ${position}`,
      });
      expect(await environments.contents(repository, QA)).toEqual([head(CART, 2, 2), head(CHECKOUT, 4, 4)]);
      expect(await environments.contents(repository, QA, 3)).toEqual([head(CART, 2, 2), head(CHECKOUT, 1, 2)]);
      expect(await environments.contents(repository, QA, 1)).toEqual([head(CART, 1, 1), head(CHECKOUT, 1, 1)]);
      expect(await environments.contents(repository, QA, 0)).toEqual([]);
      expect(await environments.contents(repository, PROD)).toEqual([]);
      expect(await environments.content(repository, QA, CHECKOUT)).toEqual(head(CHECKOUT, 4, 4));
      expect(await environments.content(repository, PROD, CHECKOUT)).toBeUndefined();
      expect(await environments.content(repository, QA, applicationName('never-there'))).toBeUndefined();
    });

    it('knows where content comes from as long as the newest ledger was written with it or after it', async () => {
      const { environments } = store();
      const repository = freshRepository();
      const from = { origin: sampleCommit(100), source: sampleCommit(200) };
      const later = { origin: sampleCommit(101), source: sampleCommit(201) };
      await environments.append(repository, QA, [
        sampleEnvironmentCommit(1, { content: [CHECKOUT, CART] }),
        { ...sampleEnvironmentCommit(2, { content: [] }), ledgers: [{ application: CHECKOUT, from }, { application: CART, from }] },
        { ...sampleEnvironmentCommit(3, { content: [CHECKOUT] }), ledgers: [{ application: CHECKOUT, from: later }] },
        sampleEnvironmentCommit(4, { content: [CHECKOUT], origin: 'direct' }),
        { ...sampleEnvironmentCommit(5, { content: [CART] }), ledgers: [{ application: CART }] },
      ]);
      const sourcesAt = async (position?: number) => Object.fromEntries((await environments.contents(repository, QA, position)).map((head) => [head.application, head.from]));
      expect(await sourcesAt(1)).toEqual({ checkout: undefined, cart: undefined });
      expect(await sourcesAt(2)).toEqual({ checkout: from, cart: from });
      expect(await sourcesAt(3)).toEqual({ checkout: later, cart: from });
      // somebody's own commit, and a ledger that was taken away
      expect(await sourcesAt()).toEqual({ checkout: undefined, cart: undefined });
      await environments.append(repository, QA, [sampleEnvironmentCommit(3, { commit: sampleCommit(33), content: [] })], 3);
      expect(await sourcesAt()).toEqual({ checkout: from, cart: from });
    });

    it('knows what content has been and where it came from, newest first, and where that stands in the first environment', async () => {
      const { environments } = store();
      const repository = freshRepository();
      const from = (number: number) => ({ origin: sampleCommit(number), source: sampleCommit(number) });
      await environments.append(repository, PROD, [
        { ...sampleEnvironmentCommit(41), ledgers: [{ application: CHECKOUT, from: from(2) }] },
        sampleEnvironmentCommit(42, { origin: 'direct' }),
        { ...sampleEnvironmentCommit(43, { content: [] }), ledgers: [{ application: CHECKOUT, from: from(4) }] },
        { ...sampleEnvironmentCommit(44), ledgers: [{ application: CHECKOUT }] },
        { ...sampleEnvironmentCommit(45), ledgers: [{ application: CHECKOUT, from: from(99) }] },
      ]);
      await environments.append(repository, QA, [sampleEnvironmentCommit(2), sampleEnvironmentCommit(3, { content: [CART] }), sampleEnvironmentCommit(4)]);
      const at = { repository, environment: PROD, application: CHECKOUT };
      const contents = [
        { commit: sampleCommit(45), origin: sampleCommit(99) },
        { commit: sampleCommit(42), origin: sampleCommit(4), order: 4 },
        { commit: sampleCommit(41), origin: sampleCommit(2), order: 2 },
      ];
      expect(await environments.history(at, QA, 10)).toEqual(contents);
      expect(await environments.history(at, QA, 2)).toEqual(contents.slice(0, 2));
      expect(await environments.history({ ...at, application: CART }, QA, 10)).toEqual([]);
      const own = [4, 2].map((number) => ({ commit: sampleCommit(number), origin: sampleCommit(number), order: number }));
      expect(await environments.history({ ...at, environment: QA }, QA, 10)).toEqual(own);
    });

    it('forgets what a force push took away', async () => {
      const { environments } = store();
      const repository = freshRepository();
      await environments.append(repository, QA, [sampleEnvironmentCommit(1), sampleEnvironmentCommit(2, { content: [CART] }), sampleEnvironmentCommit(3)]);
      await environments.append(repository, QA, [sampleEnvironmentCommit(2, { commit: sampleCommit(22), content: [], uses: [CHECKOUT] })], 2);
      expect(await environments.position(repository, QA, sampleCommit(3))).toBeUndefined();
      expect(await environments.position(repository, QA, sampleCommit(22))).toBe(2);
      expect(await environments.contents(repository, QA)).toMatchObject([{ application: CHECKOUT, position: 1, touched: 2 }]);
      await environments.append(repository, QA, [], 1);
      expect(await environments.commits(repository, QA, { limit: 10 })).toEqual([]);
    });

    it('refuses a position that somebody else has indexed, and stores nothing of the rest', async () => {
      const { environments } = store();
      const repository = freshRepository();
      await environments.append(repository, QA, [sampleEnvironmentCommit(2)]);
      await expect(environments.append(repository, QA, [sampleEnvironmentCommit(1), sampleEnvironmentCommit(2)])).rejects.toThrow(Conflict);
      expect(await environments.commits(repository, QA, { limit: 10 })).toHaveLength(1);
    });

    it('takes a long history at once', async () => {
      const { environments } = store();
      const repository = freshRepository();
      const applications = Array.from({ length: 100 }, (_, index) => applicationName(`app-${String(index).padStart(2, '0')}`));
      const history = Array.from({ length: 3_000 }, (_, index) => sampleEnvironmentCommit(index + 1, { content: [applications[index % 100]!], uses: [applications[(index * 7) % 100]!] }));
      await environments.append(repository, QA, history);
      const contents = await environments.contents(repository, QA, 2_950);
      expect(contents.map(({ application }) => application)).toEqual(applications);
      expect(contents[49]).toMatchObject({ position: 2_950, touched: 2_950 });
      expect(contents[50]).toMatchObject({ position: 2_851 });
    });
  });
}
