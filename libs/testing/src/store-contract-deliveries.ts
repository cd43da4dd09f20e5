import { environmentName, instant, present, promotionId, type Instant, type RepositoryId } from '@sluice/kernel';
import type { CandidateMember, Promotion, TimelineEntry } from '@sluice/promotion';
import type { DeliveryFilter } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { CART, CHECKOUT, PROD, QA, SOME_DAY, freshRepository, sampleCommit, sampleEnvironmentCommit, samplePromotion } from './store-samples.js';

const DEV = environmentName('dev');

function at(milliseconds: number): Instant {
  return instant(SOME_DAY + milliseconds);
}

interface Told {
  readonly id: string;
  readonly kind?: Promotion['candidate']['kind'];
  /** Position in dev of its origin. */
  readonly origin?: number;
  readonly isNew?: boolean;
  readonly merged?: number;
  readonly live?: number;
  readonly events?: Readonly<Record<string, number>>;
  readonly by?: string;
  readonly members?: readonly CandidateMember[];
  readonly more?: Partial<Promotion>;
}

/** A promotion as it is stored when these things have happened to it (milliseconds). */
function told(repository: RepositoryId, { id, kind = 'change', origin = 1, isNew = false, merged, live, events = {}, by, members, more = {} }: Told): Promotion {
  const { liveAt: _liveAt, mergedAt: _mergedAt, candidate, ...sample } = samplePromotion({ repository, id: promotionId(id), state: live === undefined ? 'rolling-out' : 'live' });
  const { base, ...rest } = candidate;
  return {
    ...sample,
    candidate: { ...rest, kind, origin: sampleCommit(origin), ...present({ base: isNew ? undefined : base, members }) },
    timeline: Object.entries(events).map(([what, when]): TimelineEntry => ({ at: at(when), what, ...(what === 'rolled back' && present({ detail: by })) })),
    ...present({ mergedAt: merged === undefined ? undefined : at(merged), liveAt: live === undefined ? undefined : at(live) }),
    ...more,
  };
}

export function deliveriesContract(store: () => ContractStore): void {
  describe('the record of deliveries', () => {
    const filter = (repository: RepositoryId, fields: Partial<DeliveryFilter> = {}): DeliveryFilter => ({
      repository,
      period: { from: at(0), to: at(1_000) },
      origins: [QA, PROD].map((environment) => ({ environment, first: DEV })),
      limit: 100,
      ...fields,
    });
    const facts = async (repository: RepositoryId, fields: Partial<DeliveryFilter> = {}) => [...(await store().deliveries.facts(filter(repository, fields)))].sort((a, b) => a.promotion.localeCompare(b.promotion));

    async function recorded(...all: readonly Told[]): Promise<RepositoryId> {
      const repository = freshRepository();
      for (const one of all) await store().promotions.insert(told(repository, one));
      return repository;
    }

    /** dev with a commit at each of these times, of checkout unless it says otherwise. */
    async function committed(repository: RepositoryId, commits: readonly (readonly [position: number, content: readonly (typeof CHECKOUT)[]])[]): Promise<void> {
      await store().environments.append(repository, DEV, commits.map(([position, content]) => sampleEnvironmentCommit(position, { content, committedAt: at(position), origin: 'direct' })));
    }

    it('has what brought a change and came to something in the period, and nothing else', async () => {
      const repository = await recorded(
        { id: 'live', merged: 10, live: 20 },
        { id: 'adopted', kind: 'adopt', merged: 10, live: 30 },
        { id: 'degraded', merged: 10, events: { degraded: 40 } },
        { id: 'rolling', merged: 10 },
        { id: 'record', kind: 'record-only', merged: 10, live: 20 },
        { id: 'rollback', kind: 'rollback', merged: 10, live: 20 },
        { id: 'before', merged: -20, live: -1 },
        { id: 'first', merged: -20, live: 0 },
        { id: 'last', merged: -20, live: 999 },
        { id: 'after', merged: -20, live: 1_000 },
        { id: 'never-merged', more: { state: 'rejected' } },
      );
      expect((await facts(repository)).map(({ promotion }) => promotion)).toEqual(['adopted', 'degraded', 'first', 'last', 'live']);
    });

    it('says what happened to each, and what its rollback came to', async () => {
      const repository = await recorded(
        { id: 'undone', merged: 10, live: 20, events: { degraded: 15, 'reverted by hand': 25, mended: 26, 'rolled back': 30 }, by: 'rollback', more: { state: 'rolled-back' } },
        { id: 'forced', merged: 11, live: 21, events: { 'taken back': 31 }, more: { state: 'rolled-back' } },
        { id: 'rollback', kind: 'rollback', merged: 30, live: 40, more: { createdAt: at(28) } },
        { id: 'restored', merged: 12, live: 13, events: { restored: 900 } },
      );
      const plain = { environment: QA, applications: [CHECKOUT], wentWithNewer: false, isRestored: false, isUndone: true };
      expect(await facts(repository)).toEqual([
        { ...plain, promotion: 'forced', mergedAt: at(11), liveAt: at(21), undoneAt: at(31), changes: expect.any(Array) },
        { ...plain, promotion: 'restored', mergedAt: at(12), liveAt: at(13), isRestored: true, isUndone: false, changes: [] },
        { ...plain, promotion: 'undone', mergedAt: at(10), liveAt: at(20), degradedAt: at(15), undoneAt: at(30), revertedAt: at(25), mendedAt: at(26), undoneBy: { promotion: 'rollback', createdAt: at(28), liveAt: at(40) }, changes: expect.any(Array) },
      ]);
      expect(await store().deliveries.restoredAt(repository)).toBe(at(900));
      expect(await store().deliveries.restoredAt(freshRepository())).toBeUndefined();
    });

    it('knows when a newer one of the lane became live at the same moment', async () => {
      const repository = await recorded({ id: 'a', merged: 10, live: 30 }, { id: 'b', merged: 11, live: 30 }, { id: 'c', merged: 12, live: 40 }, { id: 'other', merged: 13, live: 30, more: { application: CART } });
      expect((await facts(repository)).map(({ promotion, wentWithNewer }) => [promotion, wentWithNewer])).toEqual([['a', true], ['b', false], ['c', false], ['other', false]]);
    });

    it('follows what changes in a promotion', async () => {
      const repository = await recorded({ id: 'one', merged: 10 });
      expect(await facts(repository)).toEqual([]);
      const stored = (await store().promotions.get(repository, promotionId('one'))) as Promotion;
      await store().promotions.update({ ...stored, state: 'live', liveAt: at(50) });
      expect(await facts(repository)).toMatchObject([{ promotion: 'one', liveAt: at(50) }]);
    });

    it('has the commits of the first environment that each was the first to bring', async () => {
      const repository = await recorded(
        { id: 'a', isNew: true, origin: 2, merged: 10, live: 20 },
        { id: 'b', origin: 5, merged: 21, live: 30 },
        { id: 'degraded', origin: 6, merged: 31, events: { degraded: 32 } },
        { id: 'record', kind: 'record-only', origin: 7, merged: 33, live: 34 },
        { id: 'again', origin: 5, merged: 35, live: 36 },
        { id: 'z', origin: 9, merged: 41, live: 50 },
      );
      await committed(repository, [[1, [CHECKOUT]], [2, [CHECKOUT]], [3, [CART]], [4, [CHECKOUT]], [5, [CHECKOUT, CART]], [6, [CHECKOUT]], [7, [CHECKOUT]], [8, [CHECKOUT]], [9, [CHECKOUT]]]);
      const brought = (await facts(repository)).map(({ promotion, changes }) => [promotion, changes.map(({ committedAt }) => (committedAt === 'unknown' ? committedAt : committedAt.map((time) => time - SOME_DAY)))]);
      expect(brought).toEqual([['a', [[2, 1]]], ['again', [[]]], ['b', [[5, 4]]], ['degraded', []], ['z', [[9, 8]]]]);
    });

    it('does not guess what was brought when git or the record does not say', async () => {
      const repository = await recorded({ id: 'adopted', kind: 'adopt', origin: 1, merged: 1, live: 2 }, { id: 'gone', origin: 77, merged: 10, live: 20 }, { id: 'lost', origin: 1, merged: 3, live: 4, more: { target: PROD } });
      await committed(repository, [[1, [CHECKOUT]]]);
      expect((await facts(repository)).map(({ promotion, changes }) => [promotion, changes])).toEqual(['adopted', 'gone', 'lost'].map((id) => [id, [{ application: CHECKOUT, committedAt: 'unknown' }]]));
    });

    it('measures each application of a release set by its own commits', async () => {
      const member = (application: typeof CHECKOUT, origin: number, isChanged = true): CandidateMember => ({ application, source: sampleCommit(1), origin: sampleCommit(origin), targetContent: 'a'.repeat(40), resultContent: (isChanged ? 'b' : 'a').repeat(40) }) as CandidateMember;
      const repository = await recorded({ id: 'set', merged: 10, live: 20, members: [member(CHECKOUT, 2), member(CART, 3)] });
      await committed(repository, [[1, [CHECKOUT]], [2, [CHECKOUT, CART]], [3, [CART]]]);
      const [whole] = await facts(repository);
      expect(whole?.applications).toEqual([CHECKOUT, CART]);
      expect([...(whole?.changes ?? [])].sort((a, b) => b.application.localeCompare(a.application))).toEqual([{ application: CHECKOUT, committedAt: [at(2), at(1)] }, { application: CART, committedAt: [at(3), at(2)] }]);
      expect(await facts(repository, { application: CART })).toMatchObject([{ changes: [{ application: CART }] }]);
      expect(await facts(repository, { environment: PROD })).toEqual([]);
    });

    it('lists commits that came by no promotion, but for the one that a branch began with', async () => {
      const repository = freshRepository();
      const commit = (position: number, fields: Parameters<typeof sampleEnvironmentCommit>[1]) => sampleEnvironmentCommit(position, { committedAt: at(position), origin: 'direct', ...fields });
      await store().environments.append(repository, PROD, [commit(1, {}), commit(2, { content: [CHECKOUT, CART] }), commit(3, { origin: 'promotion' }), commit(4, { content: [] }), commit(5, { committedAt: at(2_000) })]);
      const { origins: _origins, ...wanted } = filter(repository);
      expect(await store().deliveries.direct(wanted)).toEqual([{ environment: PROD, applications: [CHECKOUT, CART], at: at(2) }]);
      expect(await store().deliveries.direct({ ...wanted, application: CART })).toHaveLength(1);
      expect(await store().deliveries.direct({ ...wanted, environment: QA })).toEqual([]);
    });

    it('takes names as they are, and no more than it is asked for', async () => {
      const repository = await recorded({ id: 'a', merged: 10, live: 20 }, { id: 'b', merged: 10, live: 21 });
      const evil = "x'; drop table sluice.promotions; --" as typeof CHECKOUT;
      expect(await facts(repository, { application: evil })).toEqual([]);
      expect(await store().deliveries.direct({ ...filter(repository), application: evil })).toEqual([]);
      expect(await facts(repository, { limit: 1 })).toHaveLength(1);
    });
  });
}
