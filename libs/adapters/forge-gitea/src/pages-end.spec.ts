import { PagesEnd } from './pages-end.js';

const next = { link: '<http://internal.example/?page=2>; rel="next"', 'x-total-count': '1' };
const last = { link: '<http://internal.example/?page=1>; rel="first"', 'x-total-count': '99' };

test.each<[string, boolean, readonly (readonly [number, Record<string, string>])[], readonly boolean[]]>([
  ['links, whatever the total', true, [[50, next], [50, next], [3, last]], [false, false, true]],
  ['totals', true, [[50, { 'x-total-count': '60' }], [10, { 'x-total-count': '60' }]], [false, true]],
  ['totals that count what one may not see', true, [[2, { 'x-total-count': '3' }], [0, { 'x-total-count': '3' }]], [false, true]],
  ['a single page', true, [[3, { 'x-total-count': '3' }]], [true]],
  ['nothing at all', true, [[0, { 'x-total-count': '0' }]], [true]],
  ['neither links nor totals', true, [[3, {}], [0, {}]], [false, true]],
  ['totals of the page', false, [[30, { 'x-total-count': '30' }], [1, { 'x-total-count': '1' }], [0, { 'x-total-count': '0' }]], [false, false, true]],
])('the end of a list is found by %s', (_, total, pages, ends) => {
  const end = new PagesEnd({ total });
  const found = pages.map(([items, headers]) => {
    end.note(items, new Headers(headers));
    return end.reached;
  });
  expect(found).toEqual(ends);
});
