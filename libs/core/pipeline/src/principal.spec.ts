import { formatPrincipal, parsePrincipal, principalMatches } from './principal.js';

describe('a principal', () => {
  const ada = { name: 'ada', groups: ['sre', 'Release Managers'] };

  it.each([
    ['*', true],
    ['person:ada', true],
    ['person:bob', false],
    ['group:sre', true],
    ['group:Release Managers', true],
    ['group:ada', false],
    ['person:sre', false],
  ])('%s means ada: %s', (text, expected) => {
    const principal = parsePrincipal(text);
    expect(principal && principalMatches(principal, ada)).toBe(expected);
    expect(principal && formatPrincipal(principal)).toBe(text);
  });

  it.each(['', 'ada', 'group:', 'group: ', 'person:A B', 'team:x', '**', 'group:a\u0000b'])('%j is none', (text) => {
    expect(parsePrincipal(text)).toBeUndefined();
  });
});
