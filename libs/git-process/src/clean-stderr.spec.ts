import { cleanStderr, tellingLine } from './clean-stderr.js';

describe('what git says', () => {
  it.each([
    ['https://ada:pa55@example.org/x', 'https://example.org/x'],
    ['< Authorization: Basic YTpi', '< authorization: ***'],
    ['token pa55 is wrong', 'token *** is wrong'],
    ['base64 YWRhOnBhNTU= is wrong', 'base64 *** is wrong'],
  ])('loses its secrets: %s', (text, clean) => {
    expect(cleanStderr(text, { username: 'ada', password: 'pa55' })).toBe(clean);
  });

  it('loses control and direction characters', () => {
    expect(cleanStderr('remote: \u001b[31mred\u202e\u0007')).toBe('remote: [31mred');
  });

  it('keeps of a progress line what is left on the screen', () => {
    expect(cleanStderr('Receiving 1%\rReceiving 100%\rdone\nfatal: no')).toBe('done\nfatal: no');
  });

  it('is bounded', () => {
    expect(cleanStderr('x'.repeat(10_000)).length).toBe(2_000);
  });

  it('is summed up by its error', () => {
    expect(tellingLine('warning: a\nfatal: b\nhint: c')).toBe('fatal: b');
    expect(tellingLine('something')).toBe('something');
    expect(tellingLine('')).toBe('no message');
  });
});
