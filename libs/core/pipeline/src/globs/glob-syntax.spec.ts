import { checkGlob } from './glob-syntax.js';

describe('a path glob', () => {
  it.each(['**', 'apps/checkout/**', '**/env/**', 'a/*/b?.yaml', 'values.yaml', 'a b/ü.yaml', 'a]b}'])('accepts %j', (glob) => {
    expect(checkGlob(glob)).toBeUndefined();
  });

  it.each([
    ['', 'is empty'],
    ['/apps/**', 'is absolute'],
    ['apps/', 'write "/**" at the end'],
    ['apps//x', 'empty segment'],
    ['apps/../x', '"." and ".." are not allowed'],
    ['./apps', '"." and ".." are not allowed'],
    ['apps/**.yaml', '"**" must be a whole segment, but is part of "**.yaml"'],
    ['apps/***', '"**" must be a whole segment'],
    ['apps/{a,b}/**', '"{" is not supported'],
    ['apps/[ab]', '"[" is not supported'],
    ['!apps/**', '"!" is not supported'],
    ['apps\\x', '"\\" is not supported'],
    ['apps/\u0000', 'control character'],
    ['apps/\n', 'control character'],
    ['a'.repeat(513), 'longer than 512'],
    [Array(31).fill('a').join('/'), 'more than 30 segments'],
  ])('refuses %j and says why', (glob, reason) => {
    expect(checkGlob(glob)).toContain(reason);
  });
});
