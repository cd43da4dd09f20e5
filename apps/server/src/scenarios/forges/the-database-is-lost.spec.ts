import { CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd, requestOf, waiting } from './promoted.fixture.js';

describeForges('a connected repository whose database was lost', (story) => {
  it('is as before when it is connected again: the same promotion, the same request, what was approved there still counts', async () => {
    const there = await waiting(story, '      approvals: { required: 2, from: [group:release-managers, group:sre], excludeAuthors: true }');
    await there.review('checkout', 'prod', 'grace');
    const before = await there.current('checkout', 'prod');
    const requests = there.there.requests.size;
    await story.world().loseDatabase();
    await there.reconnect();
    const after = await there.current('checkout', 'prod');
    expect(after).toMatchObject({ id: before?.id, state: 'open', change: before?.change, candidate: { digest: before?.candidate.digest, head: before?.candidate.head } });
    expect((await there.approvalsOf(after)).map(({ person }) => person)).toEqual(['grace']);
    expect(there.there.requests.size).toBe(requests);
    expect((await requestOf(there)).state).toBe('open');
    await there.review('checkout', 'prod', 'eve');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });

  it('keeps closed what somebody has rejected in Sluice, though it is Sluice’s account that has closed its request there', async () => {
    const there = await waiting(story);
    const { number } = await requestOf(there);
    await there.reject('checkout', 'prod', 'grace');
    await there.told();
    expect(await there.lane('checkout', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringMatching(/^rejected by grace: not this; offered again/) });
    expect(await story.world().ports.changes.get(there.id, number)).toMatchObject({ state: 'closed', closedBy: 'sluice' });
    await story.world().loseDatabase();
    await there.reconnect();
    expect(await there.lane('checkout', 'prod')).toMatchObject({ condition: 'closed' });
    expect(await there.current('checkout', 'prod')).toBeUndefined();
    expect((await there.promotions('checkout', 'prod')).find(({ change }) => change?.number === number)?.state).toBe('rejected');
  });
});
