import { instant, later } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { HttpGate } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import { dueAsking } from './asking.js';
import { evaluateContentGate } from './content-gate.js';
import type { HttpAnswer } from './http-gate.js';

const NOW = instant(1_700_000_000_000);
const BOUND = '800000'.padEnd(64, '0');
const board: HttpGate = { name: 'board', type: 'http', url: 'https://board.example.org/ask', secret: 'BOARD', timeout: 3_600_000 };

/** One look: asks when it is time to, and gives the verdict of then. */
function look(answer: HttpAnswer, previous: readonly Verdict[], now: Instant): Verdict {
  const asked = dueAsking(board, BOUND, previous, now);
  const finding = asked ? { boundTo: BOUND, finding: { kind: 'http' as const, answer, asked, boundTo: BOUND } } : { boundTo: BOUND, kept: true as const };
  return { gate: 'board', type: 'http', since: now, evidence: {}, ...evaluateContentGate(board, { findings: { board: finding }, previous }) };
}
const wait: HttpAnswer = { kind: 'answer', outcome: 'wait', message: 'at ten' };

describe('an http gate', () => {
  it.each([
    ['passes', { kind: 'answer', outcome: 'pass', message: 'CHG-7' }, { outcome: 'pass', message: 'CHG-7' }],
    ['says something of its own where the other side says nothing', { kind: 'answer', outcome: 'pass', message: '' }, { outcome: 'pass', message: 'it says pass' }],
    ['fails', { kind: 'answer', outcome: 'fail', message: 'no' }, { outcome: 'fail', message: 'no', clearedBy: expect.stringContaining('board.example.org') }],
    ['waits', wait, { outcome: 'wait', message: 'at ten', until: later(NOW, 15_000) }],
    ['waits where there is no answer', { kind: 'no-answer', message: 'cannot be reached' }, { outcome: 'wait', message: 'cannot be reached', until: later(NOW, 15_000) }],
    ['waits as long as the other side says', { ...wait, until: later(NOW, 1_000_000) }, { outcome: 'wait', until: later(NOW, 1_000_000) }],
    ['waits no shorter than a second', { ...wait, until: later(NOW, -5) }, { outcome: 'wait', until: later(NOW, 1_000) }],
    ['waits no longer than it may', { ...wait, until: later(NOW, 9_000_000) }, { outcome: 'wait', until: later(NOW, 3_600_000) }],
  ] as const)('%s', (_, answer, verdict) => {
    expect(look(answer, [], NOW)).toMatchObject(verdict);
  });

  it('asks less and less often, and gives up at its end', () => {
    const asked: number[] = [];
    let [now, verdict] = [NOW, look(wait, [], NOW)];
    while (verdict.outcome === 'wait' && asked.length < 100) {
      asked.push((now - NOW) / 1_000);
      now = verdict.until ?? now;
      verdict = look(wait, [verdict], now);
    }
    expect(asked).toEqual([0, 15, 45, 105, 225, 465, 945, 1845, 2745]);
    expect(now).toBe(later(NOW, 3_600_000));
    expect(verdict).toMatchObject({ outcome: 'fail', message: 'no decision within 1h; last: at ten', evidence: { asked: 10 } });
  });

  it('asks nobody between two times, whatever else is looked at', () => {
    const verdict = look(wait, [], NOW);
    expect(dueAsking(board, BOUND, [verdict], later(NOW, 14_000))).toBeUndefined();
    expect(look({ kind: 'answer', outcome: 'pass', message: '' }, [verdict], later(NOW, 14_000))).toMatchObject({ outcome: 'wait', message: 'at ten', until: verdict.until });
  });

  it('asks anew about another candidate', () => {
    expect(dueAsking(board, 'c'.repeat(64), [look(wait, [], NOW)], later(NOW, 1))).toEqual({ first: later(NOW, 1), last: later(NOW, 1), count: 1 });
  });

  it('spreads its questions: two candidates are not asked about at the same time', () => {
    const at = (boundTo: string): unknown => evaluateContentGate(board, { findings: { board: { boundTo, finding: { kind: 'http', answer: wait, asked: { first: NOW, last: NOW, count: 1 }, boundTo } } }, previous: [] }).until;
    expect([at('0'.repeat(64)), at('f'.repeat(64))]).toEqual([later(NOW, 13_500), later(NOW, 16_500)]);
  });
});
