import { didYouMean } from './suggestion.js';

describe('a suggestion', () => {
  it.each([
    ['enviroments', '; did you mean "environments"?'],
    ['NAME', '; did you mean "name"?'],
    ['zzz', ''],
    ['', ''],
  ])('for %j is %j', (text, expected) => {
    expect(didYouMean(text, ['environments', 'name', 'roles'])).toBe(expected);
  });
});
