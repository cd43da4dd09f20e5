import { parseExactly } from './exact-json.js';

describe('numbers of a cluster', () => {
  it.each([
    ['{"a":9007199254740993}', { a: 9007199254740993n }],
    ['{"a":-9223372036854775808,"b":[18446744073709551615]}', { a: -9223372036854775808n, b: [18446744073709551615n] }],
    ['{"a":9007199254740991}', { a: 9007199254740991 }],
    ['{"a":"9007199254740993 \\"9007199254740993","b":1}', { a: '9007199254740993 "9007199254740993', b: 1 }],
    ['{"a":1234567890123456}', { a: 1234567890123456 }],
  ])('are read exactly: %s', (text, value) => {
    expect(parseExactly(text)).toEqual(value);
  });

  it('are doubles where they have a fraction or an exponent', () => {
    expect(parseExactly('[0.12345678901234567, 1e400, 12345678901234567e0]')).toEqual([0.12345678901234567, Infinity, 12345678901234567]);
  });

  it('are no numbers where a text only looks like one', () => {
    expect(parseExactly('{"a":"big-12345678901234567890"}')).toEqual({ a: 'big-12345678901234567890' });
  });
});
