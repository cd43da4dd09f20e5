import { formatArriving, parseArriving } from './arriving.js';

const OWNED = ['/ConfigMap/default/a', '/ConfigMap/default/b'];

it('reads what it has written', () => {
  expect(parseArriving(formatArriving(new Set(['/ConfigMap/default/a'])), OWNED)).toEqual(new Set(['/ConfigMap/default/a']));
  expect(parseArriving(undefined, OWNED)).toEqual(new Set());
});

it('counts all that are owned where there are too many to name, or what stands there is not understood', () => {
  const many = new Set(Array.from({ length: 10_000 }, (_, index) => `/ConfigMap/default/map-${index}`));
  for (const text of [formatArriving(many), '{', '7', '{}']) expect(parseArriving(text, OWNED)).toEqual(new Set(OWNED));
});
