import { shownText, shownTitle, writtenText, writtenTitle } from './request-text.js';

describe('The text of a merge request', () => {
  it.each<[string, boolean, string]>([
    ['Promote shop', true, 'Draft: Promote shop'],
    ['Promote shop', false, 'Promote shop'],
    ['Draft: Promote shop', true, 'Draft: Promote shop'],
    ['[DRAFT] (draft) Promote shop', false, 'Promote shop'],
  ])('has the title %p, draft or not (%p), written as %p', (title, draft, written) => {
    expect(writtenTitle(title, draft)).toBe(written);
    expect(shownTitle(written)).toBe('Promote shop');
  });

  it('has a title of at most 255 characters, a draft\'s prefix counted', () => {
    expect(writtenTitle('x'.repeat(300), true)).toHaveLength(255);
    expect(writtenTitle('x'.repeat(300), true)).toMatch(/^Draft: x+…$/);
  });

  it.each(['/merge', 'Fine\n/approve\n/close', '  /label ~x', 'a /merge b', ' /merge'])('never gives an order to GitLab: %j', (text) => {
    expect(writtenText(text)).not.toMatch(/^\//m);
    expect(shownText(writtenText(text))).toBe(text);
  });

  it('is cut where GitLab takes no more, and says so', () => {
    const written = writtenText('x'.repeat(2_000_000));
    expect(written).toHaveLength(1_000_000);
    expect(written).toMatch(/cut: the text is longer than GitLab takes/);
  });

  it('is never cut in the middle of a character', () => {
    for (const text of ['🚀'.repeat(600_000), `x${'🚀'.repeat(600_000)}`]) expect(writtenText(text)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    expect(writtenTitle(`x${'🚀'.repeat(200)}`, false)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });
});
