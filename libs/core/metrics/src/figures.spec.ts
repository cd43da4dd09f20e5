import { CART, CHECKOUT, changes, fact, hour, live, rollback } from './facts.fixture.js';
import { figuresOf } from './figures.js';
import type { Group } from './figures.js';

const TEN_DAYS = { from: hour(0), to: hour(240) };

function figures(fields: Partial<Group>) {
  return figuresOf({ facts: [], direct: [], covered: TEN_DAYS, ...fields });
}

describe('deployment frequency', () => {
  it('is deployments a day of the time that the record covers', () => {
    expect(figures({ facts: [live(3), live(4), live(5, [], { wentWithNewer: true })] }).deployments).toEqual({ count: 2, perDay: 0.2 });
  });

  it('does not divide what is older than the whole record by the days since', () => {
    expect(figures({ facts: [live(3), live(30)], covered: { from: hour(24), to: hour(48) } }).deployments).toEqual({ count: 2, perDay: 1 });
  });

  it('is not known where the record does not reach, nor where nothing is promoted to', () => {
    for (const covered of [{ from: hour(9), to: hour(2) }, { from: hour(9), to: hour(20) }]) expect(figures({ covered }).deployments).toEqual({ count: 0, perDay: null, reason: expect.stringContaining('less than half a day') });
    expect(figures({ isFirst: true }).deployments).toEqual({ count: null, perDay: null, reason: expect.stringContaining('not recorded') });
  });
});

describe('lead time', () => {
  it('counts each change of each application, from its commit until it was live', () => {
    const both = live(10, [], { applications: [CHECKOUT, CART], changes: [changes([8]), changes([9, 9.5], CART)] });
    expect(figures({ facts: [both] }).leadTime).toMatchObject({ changes: 3, unmeasured: 0, medianSeconds: 3_600, p90Seconds: null, reason: expect.stringContaining('fewer than 10 changes') });
  });

  it('has a 90th percentile of ten changes on', () => {
    const ten = Array.from({ length: 10 }, (_, index) => 20 - index);
    expect(figures({ facts: [live(20, ten)] }).leadTime).toMatchObject({ changes: 10, medianSeconds: 4.5 * 3_600, p90Seconds: expect.closeTo(8.1 * 3_600) });
  });

  it('leaves out what is not known, and says how much that is', () => {
    const facts = [live(10, [], { changes: [changes('unknown')] }), live(12, [], { isRestored: true }), fact({ degradedAt: hour(3), changes: [changes([1])] })];
    expect(figures({ facts }).leadTime).toEqual({ medianSeconds: null, p90Seconds: null, reason: 'there were no changes to measure', changes: 0, unmeasured: 2 });
  });

  it('is never below nothing, whatever the clock of a committer says', () => {
    expect(figures({ facts: [live(10, [12])] }).leadTime.medianSeconds).toBe(0);
  });
});

describe('change failure rate', () => {
  it('is failed deployments of those of which it is known', () => {
    const facts = [live(3), live(4), fact({ degradedAt: hour(5) }), live(6, [], { isRestored: true }), fact()];
    expect(figures({ facts }).changeFailure).toEqual({ rate: 1 / 3, failed: 1, attempts: 3 });
  });

  it('is not known of nothing', () => {
    expect(figures({}).changeFailure).toEqual({ rate: null, failed: 0, attempts: 0, reason: expect.any(String) });
  });

  it('counts what failed in several ways once', () => {
    const facts = [fact({ degradedAt: hour(2), revertedAt: hour(3), mendedAt: hour(4), ...rollback(5, 6) })];
    expect(figures({ facts }).changeFailure).toEqual({ rate: 1, failed: 1, attempts: 1 });
  });
});

describe('time to restore', () => {
  it('is of incidents: what one rollback has undone is one, from the first failure that was seen', () => {
    const order = rollback(6, 8);
    const facts = [fact({ liveAt: hour(2), ...order }), fact({ degradedAt: hour(5), ...order }), fact({ degradedAt: hour(4), ...order })];
    expect(figures({ facts })).toMatchObject({ changeFailure: { failed: 3, attempts: 3 }, timeToRestore: { restored: 1, open: 0, unknown: 0, medianSeconds: 4 * 3_600, p90Seconds: null } });
  });

  it('says how many have not ended, and how many are not known', () => {
    const facts = [fact({ degradedAt: hour(2), liveAt: hour(3) }), fact({ degradedAt: hour(4) }), live(5, [], { revertedAt: hour(6) }), live(7, [], { mendedAt: hour(8) })];
    expect(figures({ facts }).timeToRestore).toMatchObject({ restored: 1, open: 1, unknown: 2, medianSeconds: 3_600 });
  });
});
