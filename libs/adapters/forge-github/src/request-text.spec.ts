import { mergeMessage, writtenBody, writtenStatus, writtenTitle } from './request-text.js';

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])/;

describe('a text that is longer than GitHub takes', () => {
  // with an even and an odd number of code units before the end
  it.each([['🚀'.repeat(40_000)], [`x${'🚀'.repeat(40_000)}`]])('is cut between two characters', (text) => {
    for (const written of [writtenTitle(text), writtenBody(text), writtenStatus(text), mergeMessage(text, 'ada')]) expect(written).not.toMatch(LONE);
  });
});
