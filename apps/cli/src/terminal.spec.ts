import { CLEAR, withoutOrders } from './terminal.js';

describe('what is written on a terminal', () => {
  it.each([
    ['a path that clears the screen', 'apps/\u001b[2Jx', 'apps/\\u001b[2Jx'],
    ['a title for the window', '\u001b]0;mine\u0007', '\\u001b]0;mine\\u0007'],
    ['the same in one character', '\u009b31m', '\\u009b31m'],
    ['a return that writes over the line', 'bad\rgood', 'bad\\u000dgood'],
    ['lines and tabs', 'a\n\tb', 'a\n\tb'],
    ['letters of all languages', 'größer ✓ 🚀', 'größer ✓ 🚀'],
  ])('has no orders of others: %s', (_case, text, written) => {
    expect(withoutOrders(text)).toBe(written);
  });

  it('keeps our colours, and empties the terminal where we do', () => {
    const painted = '\u001b[31mbad\u001b[39m, \u001b[1mbold\u001b[22m';
    expect(withoutOrders(painted)).toBe(painted);
    expect(withoutOrders(`${CLEAR}now ${CLEAR}`)).toBe(`${CLEAR}now ${CLEAR.replaceAll('\u001b', '\\u001b')}`);
  });

  it('says the same to a machine', () => {
    const value = { path: 'a\u001b[2J\u009b\u007f' };
    expect(JSON.parse(withoutOrders(JSON.stringify(value)))).toEqual(value);
  });
});
