import { CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd, requestOf, ship, waiting } from './promoted.fixture.js';

describeForges('a review on a forge over the network', (story) => {
  it('of the author, of somebody outside the group, or of nobody that is known does not count, and the record says why', async () => {
    const there = await waiting(story);
    for (const login of ['bob', 'sam', 'stranger']) await there.review('checkout', 'prod', login);
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('1.0'));
    const ignored = (await there.events()).filter(({ type }) => type === 'review.ignored').map(({ message }) => message);
    expect(ignored).toEqual(expect.arrayContaining([expect.stringContaining('bob'), expect.stringMatching(/stranger@127\.0\.0\.1.*sluice people link/)]));
    await there.swept();
    expect((await there.events()).filter(({ type }) => type === 'review.ignored')).toHaveLength(ignored.length);
  });

  it('that asks for changes rejects: the request is closed, and the same content is not offered again', async () => {
    const there = await waiting(story);
    const request = await requestOf(there);
    await there.review('checkout', 'prod', 'grace', { state: 'rejected', body: 'Not on Friday.' });
    // GitLab tells nobody of it: looking finds it
    await there.later('6m');
    expect(request).toMatchObject({ state: 'closed' });
    expect(await there.lane('checkout', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringMatching(/^rejected by grace: (Not on Friday\.|rejected in a review); offered again/) });
  });

  it('counts for what was reviewed: new content needs a new one', async () => {
    const there = await waiting(story, '      approvals: { required: 2, from: [group:release-managers, group:sre], excludeAuthors: true }');
    await there.review('checkout', 'prod', 'grace');
    expect(await there.approvalsOf(await there.current('checkout', 'prod'))).toHaveLength(1);
    await ship(there, '3.0');
    await there.review('checkout', 'prod', 'eve');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('1.0'));
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('3.0'));
  });
});
