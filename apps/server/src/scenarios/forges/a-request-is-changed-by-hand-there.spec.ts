import { CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd, requestOf, ship, waiting } from './promoted.fixture.js';

describeForges('a request that somebody changes by hand on its forge', (story) => {
  it('and closes, is closed here, says by whom, and comes again with new content', async () => {
    const there = await waiting(story);
    there.there.close(await requestOf(there), there.double.accounts.add('eve'));
    await there.told();
    expect(await there.lane('checkout', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringContaining('closed by eve') });
    await ship(there, '3.0');
    expect(await requestOf(there)).toMatchObject({ state: 'open' });
  });

  it('and merges before its gates have passed, is known as merged, and by whom', async () => {
    const there = await waiting(story);
    const request = await requestOf(there);
    await there.mergeThere(request, 'eve');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
    const [promotion] = await there.promotions('checkout', 'prod');
    expect(promotion?.mergedAs).toBe(await there.head('prod'));
    expect(promotion?.timeline.at(-1)).toMatchObject({ what: 'merged', by: 'eve' });
  });

  it('and points at another branch, does not pass for the promotion, and why says what to do', async () => {
    const there = await waiting(story);
    const request = await requestOf(there);
    await there.retarget(request, 'dev');
    await there.review('checkout', 'prod', 'grace');
    expect(request.state).toBe('open');
    const verdicts = (await there.why('checkout', 'prod')).flatMap((item) => item.verdicts);
    expect(verdicts).toEqual(expect.arrayContaining([expect.objectContaining({ outcome: 'fail', message: expect.stringContaining('dev') })]));
    await there.retarget(request, 'prod');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });
});
