import { channelsOf, parseChannels } from './channels.js';

describe('channels', () => {
  it.each([[''], ['prod'], ['prod=#releases'], ['prod=releases'], ['Prod=C1'], ['a/b/c=C1']])('%s is not right, and it is said how', (text) => {
    expect(parseChannels(text)).toEqual(expect.stringMatching(/C0123456789/));
  });

  it.each([
    ['shop', 'prod', ['C2']],
    ['shop', 'qa', ['C4']],
    ['cart', 'prod', ['C1', 'C5']],
    ['cart', 'qa', ['C3']],
  ])('the most exact ones of %s, %s', (repository, environment, channels) => {
    const rules = parseChannels('prod=C1, shop/prod=C2, *=C3, shop/*=C4, prod=C5');
    expect(typeof rules === 'string' ? rules : channelsOf(rules, repository, environment)).toEqual(channels);
  });

  it('are none where no rule fits', () => {
    expect(channelsOf([{ environment: 'prod', channel: 'C1' }], 'shop', 'qa')).toEqual([]);
  });
});
