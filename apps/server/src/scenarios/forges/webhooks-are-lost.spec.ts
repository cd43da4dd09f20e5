import { CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd, requestOf, ship, waiting } from './promoted.fixture.js';

describeForges('a forge whose webhooks do not arrive', (story) => {
  it('is found out by looking: pushes, a review and a request that was closed', async () => {
    const there = await waiting(story);
    there.deaf(true);
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('1.0'));
    await there.later('6m');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
    await ship(there, '3.0');
    await there.later('6m');
    const request = await requestOf(there);
    there.there.close(request, there.double.accounts.add('eve'));
    await there.later('6m');
    expect(await there.lane('checkout', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringContaining('eve') });
  });
});
