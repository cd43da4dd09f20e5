import { instant } from '@sluice/kernel';
import fc from 'fast-check';
import { deliveryReport } from './delivery-report.js';
import type { ReportScope } from './delivery-report.js';
import { CART, CHECKOUT, PROD, QA, changes, fact, hour, live, rollback } from './facts.fixture.js';
import type { DeliveryFact } from './facts.js';
import type { Figures } from './figures.js';

const DAY = 24;

function scope(fields: Partial<ReportScope> = {}): ReportScope {
  return { period: { from: hour(0), to: hour(30 * DAY) }, timezone: 'UTC', by: 'environment', wholeSince: hour(-1_000), now: hour(30 * DAY), applications: [CHECKOUT, CART], environments: [QA, PROD], first: [], ...fields };
}

const report = (facts: readonly DeliveryFact[], fields: Partial<ReportScope> = {}) => deliveryReport(scope(fields), { facts, direct: [] });

describe('a report', () => {
  it('has a line for each that is known, and for what only the record has', () => {
    const gone = live(3, [], { environment: 'old' as typeof QA });
    expect(report([gone]).lines.map(({ environment, figures }) => [environment, figures.deployments.count])).toEqual([['qa', 0], ['prod', 0], ['old', 1]]);
  });

  it('counts what brought two applications for both, and once in all', () => {
    const both = live(9, [], { applications: [CHECKOUT, CART], changes: [changes([8]), changes([5], CART)] });
    const { total, lines } = report([both, live(10, [9.5])], { by: 'application' });
    expect(total).toMatchObject({ deployments: { count: 2 }, leadTime: { changes: 3 } });
    expect(lines).toMatchObject([{ application: 'checkout', figures: { deployments: { count: 2 }, leadTime: { changes: 2 } } }, { application: 'cart', figures: { deployments: { count: 1 }, leadTime: { changes: 1, medianSeconds: 4 * 3_600 } } }]);
  });

  it('divides by lane, and knows of a first environment that it cannot know', () => {
    const { lines } = report([live(3)], { by: 'lane', first: [QA], environments: [QA, PROD] });
    expect(lines.map(({ environment, application, figures }) => [environment, application, figures.deployments.count])).toEqual([['qa', 'checkout', null], ['qa', 'cart', null], ['prod', 'checkout', 0], ['prod', 'cart', 0]]);
  });

  it('begins a period with its first moment and ends it before its last', () => {
    const week = { period: { from: hour(24), to: hour(48) } };
    expect([23.999, 24, 47.999, 48].map((at) => report([live(at)], week).total.deployments.count)).toEqual([0, 1, 1, 0]);
  });

  it('divides by the days of which the record tells', () => {
    const facts = [live(25 * DAY), live(26 * DAY)];
    expect(report(facts, { wholeSince: hour(20 * DAY) }).total.deployments).toEqual({ count: 2, perDay: 0.2 });
    expect(report(facts, { period: { from: hour(0), to: hour(90 * DAY) }, now: hour(40 * DAY) }).total.deployments).toEqual({ count: 2, perDay: 0.05 });
  });

  it('counts a direct change where it was made', () => {
    const { lines, total } = deliveryReport(scope(), { facts: [], direct: [{ environment: PROD, applications: [CART], at: hour(3) }, { environment: PROD, applications: [CART], at: hour(999) }] });
    expect([...lines.map(({ figures }) => figures.directChanges), total.directChanges]).toEqual([0, 1, 1]);
  });
});

describe('any record', () => {
  const hours = fc.integer({ min: 0, max: 30 * DAY * 10 }).map((tenth) => tenth / 10);
  const maybe = fc.option(hours, { nil: undefined });
  const facts = fc.array(
    fc
      .record({ live: maybe, degraded: maybe, undone: maybe, reverted: maybe, mended: maybe, went: fc.boolean(), restored: fc.boolean(), prod: fc.boolean(), both: fc.boolean(), committed: fc.array(hours, { maxLength: 4 }), order: fc.integer({ min: 1, max: 3 }) })
      .map(({ live: at, degraded, undone, reverted, mended, went, restored, prod, both, committed, order }) =>
        fact({
          ...(at !== undefined && { liveAt: hour(at) }),
          ...(degraded !== undefined && { degradedAt: hour(degraded) }),
          ...(undone !== undefined && { ...rollback(order, order + 700), undoneAt: hour(undone) }),
          ...(reverted !== undefined && { revertedAt: hour(reverted) }),
          ...(mended !== undefined && { mendedAt: hour(mended) }),
          wentWithNewer: went,
          isRestored: restored,
          environment: prod ? PROD : QA,
          applications: both ? [CHECKOUT, CART] : [CHECKOUT],
          changes: [changes(committed)],
        }),
      ),
    { maxLength: 30 },
  );
  const counts = ({ deployments, changeFailure, leadTime, directChanges }: Figures) => [deployments.count, changeFailure.failed, changeFailure.attempts, leadTime.changes, leadTime.unmeasured, directChanges];
  const sum = (lines: readonly { readonly figures: Figures }[]) => lines.map(({ figures }) => counts(figures)).reduce((a, b) => a.map((count, index) => (count ?? 0) + (b[index] ?? 0)), [0, 0, 0, 0, 0, 0]);

  it('gives the same figures in whatever order its facts come', () => {
    fc.assert(fc.property(facts, fc.func(fc.nat()), (some, rank) => {
      const shuffled = [...some].sort((a, b) => rank(a.promotion) - rank(b.promotion));
      expect(report(shuffled)).toEqual(report(some));
    }));
  });

  it('has counts that add up over the days and weeks of a period, and over environments', () => {
    fc.assert(fc.property(facts, fc.constantFrom('day' as const, 'week' as const, 'environment' as const), fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'), (some, by, timezone) => {
      const { total, lines } = report(some, { by, timezone });
      expect(sum(lines)).toEqual(counts(total));
    }));
  });

  it('has counts that add up when a period is cut anywhere', () => {
    fc.assert(fc.property(facts, hours, (some, cut) => {
      const [from, to] = [hour(0), hour(31 * DAY)];
      const middle = instant(Math.max(from + 1, hour(cut)));
      const parts = [{ from, to: middle }, { from: middle, to }].map((period) => ({ figures: report(some, { period }).total }));
      expect(sum(parts)).toEqual(counts(report(some, { period: { from, to } }).total));
    }));
  });

  it('has rates between 0 and 1, times that are not negative, and no more incidents than failures', () => {
    fc.assert(fc.property(facts, (some) => {
      const { changeFailure, leadTime, timeToRestore } = report(some).total;
      expect(changeFailure.rate ?? 0).toBeGreaterThanOrEqual(0);
      expect(changeFailure.rate ?? 0).toBeLessThanOrEqual(1);
      expect(changeFailure.rate === null).toBe(changeFailure.attempts === 0);
      for (const value of [leadTime.medianSeconds, leadTime.p90Seconds, timeToRestore.medianSeconds, timeToRestore.p90Seconds]) expect(value ?? 0).toBeGreaterThanOrEqual(0);
      expect(timeToRestore.restored + timeToRestore.open + timeToRestore.unknown).toBeLessThanOrEqual(changeFailure.failed);
    }));
  });
});
