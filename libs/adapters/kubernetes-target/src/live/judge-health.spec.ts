import { instant } from '@sluice/kernel';
import { HealthJudge } from './judge-health.js';

const SHOP = { apiVersion: 'example.com/v1', kind: 'Shop' };
const NOW = instant(0);
const judged = (judge: HealthJudge, object: object = {}) => judge.of(SHOP, { ...SHOP, metadata: { name: 'a', generation: 1 }, ...object }, NOW);

it('asks the machine’s own rules first, then those that came from outside', () => {
  const judge = new HealthJudge([{ ...SHOP, failed: 'object.spec.size > 9' }]);
  judge.use([{ ...SHOP, current: 'true' }, { ...SHOP, kind: 'Till', current: 'false' }]);
  expect(judged(judge, { spec: { size: 10 } }).status).toBe('Failed');
  expect(judge.of({ ...SHOP, kind: 'Till' }, { ...SHOP, kind: 'Till', metadata: { name: 'a' } }, NOW).status).toBe('InProgress');
  const other = new HealthJudge();
  other.use([{ ...SHOP, current: 'true' }]);
  expect(judged(other).status).toBe('Current');
  other.use([]);
  expect(judged(other)).toMatchObject({ status: 'InProgress', reason: 'NotReported' });
});

it('does not let an expression stop the agent: one without end is Unknown, and not asked again', () => {
  const judge = new HealthJudge();
  const all = (inner: string, depth: number): string => (depth === 0 ? inner : `object.list.all(v${depth}, ${all(inner, depth - 1)})`);
  judge.use([{ ...SHOP, current: all('true', 6) }]);
  const object = { list: Array.from({ length: 200 }, (_, index) => index) };
  expect(judged(judge, object)).toEqual({ status: 'Unknown', reason: 'ExpressionError', message: 'the expressions for the health of Shop (example.com/v1) take longer than 100 ms' });
  const began = performance.now();
  const again = Array.from({ length: 50 }, () => judged(judge, object).status);
  expect(new Set(again)).toEqual(new Set(['Unknown']));
  expect(performance.now() - began).toBeLessThan(50 * 100);
});
