import { boundDrift } from './bound-drift.js';
import { type DriftRecord, REPORT_LIMITS } from './state-report.js';

function record(path: string, diff: DriftRecord['diff']): DriftRecord {
  return { path, kind: 'modified', reverted: false, at: 1, ...(diff && { diff }) };
}

describe('the drift of a report', () => {
  it('keeps what is shown longer than what a capture needs', () => {
    const records = Array.from({ length: 20 }, (_, index) => record(`f${index}`, { fields: [{ field: 'data.a', wanted: '"a"', live: '"b"' }], capture: { text: 'é'.repeat(30_000) } }));
    const bounded = boundDrift(records);
    expect(JSON.stringify(bounded).length).toBeLessThan(REPORT_LIMITS.diffBytes);
    expect(bounded.filter(({ diff }) => diff?.capture).length).toBe(6);
    expect(bounded.every(({ diff }) => diff?.fields.length === 1)).toBe(true);
    expect(boundDrift(bounded)).toEqual(bounded);
  });

  it('says that there is more where nothing fits', () => {
    const fields = Array.from({ length: 20 }, (_, index) => ({ field: `f${index}`, wanted: 'x'.repeat(290), live: 'x'.repeat(290), by: 'x'.repeat(290) }));
    const bounded = boundDrift(Array.from({ length: 200 }, (_, index) => record(`f${index}`, { fields })));
    expect(bounded.at(-1)?.diff).toEqual({ fields: [], truncated: true });
    expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThan(REPORT_LIMITS.diffBytes + 50_000);
  });

  it('cleans texts and shortens them', () => {
    const [bounded] = boundDrift([record('a', { fields: [{ field: 'x'.repeat(9_000), live: 'a\nb\u202e' }] })]);
    expect(bounded?.diff?.fields[0]?.field).toHaveLength(REPORT_LIMITS.field);
    expect(bounded?.diff?.fields[0]?.live).toBe('a b\ufffd');
    expect(boundDrift([record('a', undefined)])).toEqual([record('a', undefined)]);
  });
});
