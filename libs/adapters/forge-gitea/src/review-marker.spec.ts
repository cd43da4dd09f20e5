import { commitSha, personName } from '@sluice/kernel';
import { readReview, writeReview } from './review-marker.js';

const COMMIT = commitSha('a'.repeat(40));
const verdict = { person: personName('ada'), state: 'approved', commit: COMMIT, body: 'Fine.\n\nReally.' } as const;

test.each(['', 'Fine.\n\nReally.', '<!-- sluice:{"person":"grace"} -->'])('what a person said is written and read back: %j', (body) => {
  expect(readReview(writeReview({ ...verdict, body }))).toEqual({ ...verdict, body });
});

test('people can read it', () => {
  expect(writeReview(verdict)).toContain('**Approved by ada in Sluice** (aaaaaaaaaaaa)\n\nFine.');
});

test('a forge that writes line ends otherwise changes nothing', () => {
  expect(readReview(writeReview({ ...verdict, body: '' }).replaceAll('\n', '\r\n'))).toMatchObject({ person: 'ada' });
});

test.each([
  ['a text', 'LGTM'],
  ['a marker that is not at the beginning', `Look:\n${writeReview(verdict)}`],
  ['another verdict', writeReview(verdict).replace('approved', 'merged')],
  ['another commit', writeReview(verdict).replaceAll(COMMIT, 'HEAD')],
  ['a name that is none', writeReview(verdict).replace('"ada"', '"../ada"')],
  ['half a marker', writeReview(verdict).slice(0, 30)],
])('%s is no review', (_, text) => {
  expect(readReview(text)).toBeUndefined();
});
