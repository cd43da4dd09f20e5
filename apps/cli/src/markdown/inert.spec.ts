import { code, fitting, prose, sizeOf } from './inert.js';

describe('text from repositories, in Markdown', () => {
  it.each([
    ['a marker', '<!-- sluice:comment plan -->', /<!--|-->/],
    ['HTML', '</details><img src=x onerror=alert(1)>', /[<>]/],
    ['a mention', 'ask @grace or @org/team', /@\w/],
    ['a reference to a request', 'see #12 and !34 and ~bug and %sprint and $1 and &2 and acme/shop#7', /[#!~%$&](?=\d+(?!\d*;)|bug|sprint)/],
    ['a link', '[here](http://evil.example) and ![x](y) <http://a>', /[[\]<>!]|http:\/\//],
    ['a bare address', 'https://evil.example www.evil.example a@b.example', /:\/\/|www\.e|@b/],
    ['mark-up', '**bold** _i_ `code` ~~x~~ | cell | \\', /[*_`~|\\]/],
    ['a quick action', '/close', /^\/c/],
    ['a heading', '# big', /^#/],
    ['a list', '1. one', /^1\./],
    ['a rule', '--- x', /^-/],
    ['entities', '&lt;b&gt; &#60;', /&(?!#\d+;)/],
    ['several lines', 'a\n\n/merge\r\n# b', /[\r\n]/],
    ['characters that turn or hide text', 'a\u202eb\u200bc\u0000', /[\u202e\u200b\u0000]/],
  ])('means nothing but itself: %s', (_, text, forbidden) => {
    expect(prose(text)).not.toMatch(forbidden);
  });

  it('reads as it was otherwise', () => {
    expect(prose('change: 3 objects would change (qa → prod), Größe 2.5')).toBe('change: 3 objects would change (qa → prod), Größe 2.5');
    expect(prose('x'.repeat(500))).toHaveLength(300);
  });

  it.each([
    ['a value', 'a value', '`a value`'],
    ['backticks', 'a `b` c', '`` a `b` c ``'],
    ['more of them', '```x', '```` ```x ````'],
    ['a line break', 'a\n# b', '`a # b`'],
    ['nothing', '', '` `'],
    ['mark-up', '@ada <b> #1', '`@ada <b> #1`'],
  ])('is code that nothing gets out of: %s', (_, text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it('is cut by whole blocks, by bytes', () => {
    expect(fitting(['ää', 'ää', 'ää'], 10)).toEqual({ text: 'ää\nää', left: 1 });
    expect(fitting(['a', 'b'], 100)).toEqual({ text: 'a\nb', left: 0 });
    expect(sizeOf('ä')).toBe(2);
  });
});
