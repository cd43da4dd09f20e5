import { presentedCredential } from './credentials.js';

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

describe('the Authorization header', () => {
  it.each([
    ['basic with the token as password', basic('ada:t0ken'), { username: 'ada', secret: 't0ken' }],
    ['a password with colons', basic('ada:a:b'), { username: 'ada', secret: 'a:b' }],
    ['a token in the place of the name', basic('t0ken:'), { secret: 't0ken' }],
    ['bearer', 'Bearer t0ken', { secret: 't0ken' }],
    ['any case of the scheme', 'bearer t0ken', { secret: 't0ken' }],
  ])('is read as %s', (_, header, expected) => {
    expect(presentedCredential(header)).toEqual(expected);
  });

  it.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['another scheme', 'Digest abc'],
    ['basic without a colon', basic('ada')],
    ['basic with neither name nor password', basic(':')],
    ['one of 10,000 characters', `Bearer ${'x'.repeat(10_000)}`],
  ])('of %s is none', (_, header) => {
    expect(presentedCredential(header)).toBeUndefined();
  });
});
