import { beginning, printable, printableLine } from './text.js';

describe('text that is shown', () => {
  it('has neither control characters nor such as turn its direction, and titles have one line', () => {
    expect(printable('a\u001b[31mb\u202ec\nd')).toBe('a\ufffd[31mb\ufffdc\nd');
    expect(printableLine('a\r\n\tb')).toBe('a b');
  });

  it.each([
    ['as long as there is room', 'ab🚀', 4, 'ab🚀'],
    ['with room for half of the last character', 'ab🚀', 3, 'ab'],
    ['with room for the last character', 'ab🚀c', 4, 'ab🚀'],
    ['longer', 'abcdef', 3, 'abc'],
  ])('is cut between characters: %s', (_case, text, room, kept) => {
    expect(beginning(text, room)).toBe(kept);
  });

  it('says that it was cut', () => {
    expect(printable('abc🚀def', 5)).toBe('abc…');
    expect(printableLine('abcdef', 6)).toBe('abcdef');
  });
});
