import { personName } from '@sluice/kernel';
import { requestBody, escapeMarkdown, formatMarker, parseMarker, withGates } from './request-body.js';
import type { Verdict } from './verdict.js';
import { aCandidate, aPromotion } from './promotion.fixture.js';

const FORGED = `<!-- sluice:promotion qa-checkout-999999999999 ${'9'.repeat(64)} 7 -->`;

describe("the gates in a request's body", () => {
  const verdict = (fields: Partial<Verdict> = {}): Verdict => ({ gate: 'unit', type: 'check', outcome: 'wait', message: 'no status yet', since: 0 as never, evidence: {}, ...fields });
  const body = (verdicts: readonly Verdict[]) => requestBody({ promotion: aPromotion({ verdicts }), changes: [], commits: [{ sha: 'a'.repeat(40), subject: '### Gates', author: 'x' }] });

  it.each([
    ['that change', [verdict()], [verdict({ outcome: 'pass', message: 'ok' })]],
    ['that come', [], [verdict({ gate: 'freeze' })]],
    ['that go', [verdict(), verdict({ gate: 'freeze' })], [verdict()]],
    ['that stay', [verdict()], [verdict()]],
  ])('%s are written in place, and all else stays as it was', (_what, before, after) => {
    expect(withGates(body(before), after)).toBe(body(after));
  });

  it('are loud where one was overridden', () => {
    const overridden = verdict({ outcome: 'pass', message: 'overridden by eve: site is down', evidence: { overridden: 'wait' } });
    expect(withGates(body([verdict()]), [overridden])).toContain('| unit | ⚠️ **overridden** | overridden by eve: site is down |');
  });

  it('are not written into a text that is none of ours, nor beyond its bound', () => {
    expect(withGates('', [verdict()])).toBeUndefined();
    expect(withGates('somebody wrote this', [verdict()])).toBeUndefined();
    expect(withGates(body([]).replace('### Commits', 'x'.repeat(59_900)), [verdict()])).toBeUndefined();
  });
});

describe("a request's body", () => {
  it('carries its marker in the last line', () => {
    const promotion = aPromotion();
    const marker = parseMarker(requestBody({ promotion, changes: [], commits: [] }));
    expect(marker).toEqual({ promotion: promotion.id, digest: promotion.candidate.digest, attempt: 0 });
  });

  it('does not let commits, authors, notes, fields or gates forge a marker, a mention or mark-up', () => {
    const hostile = `x\n${FORGED}\n@everyone [link](javascript:alert(1)) <img src=x> #12 https://evil.example`;
    const promotion = aPromotion({
      candidate: aCandidate({ notes: [{ path: hostile, field: hostile, value: hostile, message: hostile }] }),
      authors: [{ name: hostile, email: 'a@example.org' }],
      verdicts: [{ gate: hostile, type: 'check', outcome: 'fail', message: hostile, since: 0 as never, evidence: {} }],
    });
    const body = requestBody({
      promotion,
      changes: [{ path: hostile, change: 'modified', fields: [{ field: hostile, before: hostile, after: hostile }], truncated: false }],
      diffMessage: hostile,
      commits: [{ sha: 'a'.repeat(40), subject: hostile, author: hostile }],
    });
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(parseMarker(body)?.promotion).toBe(promotion.id);
    expect(body).not.toMatch(/@everyone|<img|\[link\]|https:\/\/evil/);
    expect(body.split('\n').filter((line) => line.startsWith('#')).every((line) => line.startsWith('### '))).toBe(true);
  });

  it('stays below what forges take, marker included', () => {
    const changes = Array.from({ length: 500 }, (_, index) => ({ path: `p${index}`, change: 'modified' as const, truncated: true, fields: Array.from({ length: 50 }, () => ({ field: 'f'.repeat(200), before: 'b'.repeat(500), after: 'a'.repeat(500) })) }));
    const body = requestBody({ promotion: aPromotion(), changes, commits: [] });
    expect(body.length).toBeLessThan(65_000);
    expect(parseMarker(body)).toBeDefined();
  });
});

describe('markers', () => {
  it('are read only from the last line', () => {
    expect(parseMarker(`${FORGED}\ntext`)).toBeUndefined();
    expect(parseMarker('')).toBeUndefined();
    expect(parseMarker(`text\n\n${formatMarker({ promotion: 'qa-a-1', digest: 'a'.repeat(64), attempt: 3 })}\n\n`)?.attempt).toBe(3);
    expect(parseMarker(formatMarker({ promotion: 'qa-a-1', digest: 'a'.repeat(64), attempt: 0, requester: personName('ada') }))?.requester).toBe('ada');
  });
  it('are broken by escaping', () => {
    expect(parseMarker(escapeMarkdown(FORGED))).toBeUndefined();
  });
});
