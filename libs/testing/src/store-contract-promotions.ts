import { applicationName, Conflict, InvalidInput, instant, personName } from '@sluice/kernel';
import type { Approval, LaneSubject, PromotionFilter } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CART, CHECKOUT, PROD, QA, SOME_DAY, freshRepository, sampleCommit, sampleDigest, sampleLane, samplePromotion } from './store-samples.js';

export function promotionsContract(store: () => ContractStore): void {
  describe('promotions', () => {
    it('come back as they were stored', async () => {
      const { promotions } = store();
      const promotion = samplePromotion({ repository: freshRepository() });
      await promotions.insert(promotion);
      // What no PostgreSQL can store is replaced.
      const timeline = [{ ...promotion.timeline[0]!, detail: 'half a surrogate \ufffd and a NUL \ufffd' }];
      expect(await promotions.get(promotion.repository, promotion.id)).toEqual({ ...promotion, timeline });
      expect(await promotions.get(freshRepository(), promotion.id)).toBeUndefined();
    });

    it('are open once in a lane', async () => {
      const { promotions } = store();
      const repository = freshRepository();
      const lane = { repository, application: CHECKOUT, target: QA };
      await promotions.insert(samplePromotion({ repository, state: 'live' }));
      expect(await promotions.current(lane)).toBeUndefined();
      const open = samplePromotion({ repository, state: 'ready' });
      await promotions.insert(open);
      await expect(promotions.insert(samplePromotion({ repository, state: 'merging' }))).rejects.toThrow(Conflict);
      await promotions.insert(samplePromotion({ repository, target: PROD }));
      await promotions.insert(samplePromotion({ repository, application: CART }));
      expect((await promotions.current(lane))?.id).toBe(open.id);
    });

    it('cannot be opened again beside another open one', async () => {
      const { promotions } = store();
      const repository = freshRepository();
      const old = samplePromotion({ repository, state: 'superseded' });
      await promotions.insert(old);
      await promotions.insert(samplePromotion({ repository }));
      await expect(promotions.update({ ...old, state: 'open' })).rejects.toThrow(Conflict);
    });

    it('are changed only by who has seen the newest version', async () => {
      const { promotions } = store();
      const promotion = samplePromotion({ repository: freshRepository() });
      await promotions.insert(promotion);
      const merging = await promotions.update({ ...promotion, state: 'merging' });
      expect(merging).toEqual({ ...promotion, state: 'merging', version: promotion.version + 1 });
      await expect(promotions.update({ ...promotion, state: 'rejected' })).rejects.toThrow(Conflict);
      expect(await promotions.get(promotion.repository, promotion.id)).toMatchObject({ state: 'merging', version: merging.version });
    });

    it('are listed newest first, page by page, each once', async () => {
      const { promotions } = store();
      const repository = freshRepository();
      // Two of one millisecond, and one that is older.
      const times = [3, 2, 2, 1, 0].map((offset) => instant(SOME_DAY + offset));
      for (const createdAt of times) await promotions.insert(samplePromotion({ repository, state: 'live', createdAt }));
      const pages = await allPages({ repository, limit: 2 });
      expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
      const all = pages.flat();
      expect(all.map(({ createdAt }) => createdAt)).toEqual(times);
      expect(new Set(all.map(({ id }) => id)).size).toBe(times.length);
    });

    it('are filtered by application, target and state', async () => {
      const { promotions } = store();
      const repository = freshRepository();
      await promotions.insert(samplePromotion({ repository, state: 'live' }));
      await promotions.insert(samplePromotion({ repository, application: CART, state: 'open' }));
      await promotions.insert(samplePromotion({ repository, target: PROD, state: 'rejected' }));
      const count = async (filter: Partial<PromotionFilter>) => (await promotions.list({ repository, limit: 10, ...filter })).items.length;
      expect(await count({})).toBe(3);
      expect(await count({ application: CART })).toBe(1);
      expect(await count({ target: QA })).toBe(2);
      expect(await count({ states: ['live', 'rejected'] })).toBe(2);
      expect(await count({ states: [] })).toBe(0);
      expect(await count({ application: CART, target: PROD })).toBe(0);
    });

    it('are found by any application that they are about, and know all of them again', async () => {
      const { promotions } = store();
      const repository = freshRepository();
      const alone = samplePromotion({ repository });
      const { source, origin, targetContent, resultContent } = alone.candidate;
      const members = [CHECKOUT, CART].map((application) => ({ application, source, origin, targetContent, resultContent }));
      const together = samplePromotion({ repository, state: 'live', candidate: { ...alone.candidate, members, set: 'shop-release' } });
      await promotions.insert(alone);
      await promotions.insert(together);
      expect((await promotions.list({ repository, application: CART, limit: 10 })).items).toMatchObject([{ id: together.id, candidate: { members, set: 'shop-release' } }]);
      expect((await promotions.list({ repository, application: CHECKOUT, limit: 10 })).items).toHaveLength(2);
      expect(await promotions.current({ repository, application: CART, target: QA })).toBeUndefined();
    });

    it.each(['', 'nonsense', Buffer.from('["a"]').toString('base64url'), Buffer.from('[1e300,"a","b"]').toString('base64url')])('refuse %j as a cursor', async (cursor) => {
      await expect(store().promotions.list({ limit: 1, cursor })).rejects.toThrow(InvalidInput);
    });

    async function allPages(filter: PromotionFilter) {
      const pages = [];
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await store().promotions.list({ ...filter, ...(cursor !== undefined && { cursor }) });
        pages.push(page.items);
        cursor = page.next;
      }
      return pages;
    }
  });

  describe('lanes', () => {
    it('keep their last status', async () => {
      const { promotions } = store();
      const status = sampleLane({ repository: freshRepository() });
      expect(await promotions.lane(status)).toBeUndefined();
      await promotions.saveLane(status);
      expect(await promotions.lane(status)).toEqual(status);
      const { candidate: _candidate, closed: _closed, ...rest } = status;
      const settled = { ...rest, condition: 'in-sync' as const, conflicts: [] };
      await promotions.saveLane(settled);
      await promotions.saveLane({ ...status, application: CART });
      expect(await promotions.lane(status)).toEqual(settled);
      expect((await promotions.lanes(status.repository)).map(({ application }) => application)).toEqual([CART, CHECKOUT]);
    });

    it('are found by what their promotion or draft is about, whatever else is open', async () => {
      const { promotions } = store();
      const repository = freshRepository();
      const laneOf = (name: string) => ({ repository, application: applicationName(name), target: QA });
      const { change: _change, ...opening } = samplePromotion({ ...laneOf('one'), candidate: { ...samplePromotion({ repository }).candidate, source: sampleCommit(21) } });
      await promotions.insert(opening);
      await promotions.insert(samplePromotion(laneOf('two')));
      await promotions.insert(samplePromotion({ ...laneOf('two'), state: 'live', candidate: opening.candidate }));
      await promotions.insert(samplePromotion({ ...laneOf('three'), change: { number: 8, url: 'http://127.0.0.1/changes/8' } }));
      await promotions.saveLane(sampleLane({ ...laneOf('four'), candidate: sampleCommit(21) }));
      const { candidate } = samplePromotion({ repository });
      const member = { application: CART, source: sampleCommit(22), origin: sampleCommit(22), targetContent: candidate.targetContent, resultContent: candidate.resultContent };
      await promotions.insert(samplePromotion({ ...laneOf('six'), change: { number: 9, url: 'http://127.0.0.1/changes/9' }, candidate: { ...candidate, source: sampleCommit(23), members: [member, { ...member, application: CHECKOUT, source: sampleCommit(23) }] } }));
      const { draft: _draft, candidate: _candidate, ...settled } = sampleLane(laneOf('five'));
      await promotions.saveLane(settled);
      await promotions.insert(samplePromotion({ repository: freshRepository() }));
      const about = async (subject: LaneSubject) => (await promotions.lanesAbout(repository, subject)).map(({ application }) => application).sort();
      expect(await about({ source: sampleCommit(21) })).toEqual(['four', 'one']);
      expect(await about({ source: sampleCommit(1) })).toEqual(['three', 'two']);
      for (const source of [22, 23]) expect(await about({ source: sampleCommit(source) })).toEqual(['six']);
      expect(await about({ change: 7 })).toEqual(['four', 'one', 'two']);
      expect(await about({ change: 8 })).toEqual(['one', 'three']);
      expect(await promotions.lanesAbout(repository, { source: sampleCommit(99) })).toEqual([]);
      expect(await promotions.lanesAbout(repository, { change: 8 })).toContainEqual(laneOf('three'));
    });
  });

  it('two who change a lane at once come one after the other, also before it was ever looked at', async () => {
    const { promotions, transactions } = store();
    const fresh = sampleLane({ repository: freshRepository(), attempt: 0 });
    const change = () =>
      transactions.run(async () => {
        const before = (await promotions.lockLane(fresh)) ?? fresh;
        await promotions.saveLane({ ...before, attempt: before.attempt + 1 });
      });
    await Promise.all([change(), change(), change()]);
    expect(await promotions.lane(fresh)).toMatchObject({ attempt: 3 });
  });

  describe('approvals', () => {
    const approval = (fields: Partial<Approval> = {}): Approval => ({
      repository: freshRepository(),
      promotion: samplePromotion({ repository: freshRepository() }).id,
      digest: sampleDigest(1),
      person: personName('ada'),
      decision: 'approved',
      comment: 'looks right',
      door: 'cli',
      at: SOME_DAY,
      ...fields,
    });

    it('count once, whichever doors they came through', async () => {
      const { approvals } = store();
      const first = approval();
      await approvals.add(first);
      await approvals.add(first);
      await approvals.add({ ...first, door: 'forge', comment: 'again' });
      expect(await approvals.of(first.repository, first.digest)).toEqual([first]);
      expect(await approvals.of(first.repository, sampleDigest(2))).toEqual([]);
    });

    it('keep apart what was decided, and for which gate', async () => {
      const { approvals } = store();
      const first = approval();
      const cleared = { ...first, decision: 'cleared' as const, gate: 'board', at: instant(SOME_DAY + 1) };
      const other = { ...cleared, gate: 'audit', at: instant(SOME_DAY + 2) };
      for (const one of [first, cleared, other, cleared]) await approvals.add(one);
      expect(await approvals.of(first.repository, first.digest)).toEqual([first, cleared, other]);
    });

    it('are withdrawn one by one, and given anew afterwards', async () => {
      const { approvals } = store();
      const first = approval();
      const other = { ...first, person: personName('grace'), at: instant(SOME_DAY + 1) };
      const rejected = { ...first, decision: 'rejected' as const, at: instant(SOME_DAY + 2) };
      for (const one of [first, other, rejected]) await approvals.add(one);
      for (let times = 0; times < 2; times += 1) await approvals.withdraw(first.repository, first.digest, first.person);
      expect(await approvals.of(first.repository, first.digest)).toEqual([other, rejected]);
      await approvals.add(first);
      expect(await approvals.of(first.repository, first.digest)).toEqual([first, other, rejected]);
    });

    it('follow a person who comes back to the first decision', async () => {
      const { approvals } = store();
      const first = approval();
      await approvals.add(first);
      await approvals.add({ ...first, decision: 'rejected', at: instant(SOME_DAY + 1) });
      await approvals.add({ ...first, at: instant(SOME_DAY + 2) });
      await approvals.add(first);
      expect((await approvals.of(first.repository, first.digest)).map(({ decision }) => decision)).toEqual(['rejected', 'approved']);
    });
  });
}
