import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { SETTINGS, dev, hotfixSteps, qa, returning, settings } from './returned.fixture.js';

describeWorlds('the request that returns a hotfix', (world) => {
  const { promoted } = hotfixSteps(world);

  it('is a draft where dev has changed the same place otherwise, and is left alone once somebody works on it', async () => {
    const shop = await promoted({ qa: '      merge: manual' });
    await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0', level: 'warn' }) });
    await shop.settle();
    await shop.commit('qa', { [CHECKOUT]: qa({ level: 'trace' }), [SETTINGS]: settings('red') }, { as: 'bob' });
    await shop.settle();
    const [draft] = await returning(shop, 'qa');
    expect(draft).toMatchObject({ state: 'open', draft: true, body: expect.stringContaining('### Conflicts') });
    const branch = 'sluice/backflow/dev/checkout/qa';
    expect(await shop.file(branch, SETTINGS)).toBe(settings('red'));
    await shop.commit(branch, { [CHECKOUT]: dev({ tag: '2.0', level: 'error' }) }, { as: 'bob' });
    await shop.commit('qa', { [SETTINGS]: settings('blue') }, { as: 'bob' });
    await shop.settle();
    expect(await shop.file(branch, CHECKOUT)).toBe(dev({ tag: '2.0', level: 'error' }));
  });
});
