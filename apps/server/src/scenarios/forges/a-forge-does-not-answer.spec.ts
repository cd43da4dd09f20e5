import type { Fault } from '@sluice/forge-doubles';
import { CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd, requestOf, ship, waiting } from './promoted.fixture.js';

describeForges('a forge over the network that does not answer as it should', (story) => {
  it('and breaks off while it merges: the merge is found, and done once', async () => {
    const there = await waiting(story);
    const request = await requestOf(there);
    there.double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ method, path }) => method !== 'GET' && path.endsWith('/merge'), times: 1 });
    await there.review('checkout', 'prod', 'grace');
    for (let tries = 0; tries < 4; tries += 1) await there.later('1m');
    expect(request.state).toBe('merged');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
    expect((await there.promotions('checkout', 'prod'))[0]).toMatchObject({ mergedAs: await there.head('prod') });
  });

  it('and breaks off while it opens a request: there is one, not two', async () => {
    const there = await waiting(story);
    await there.review('checkout', 'prod', 'grace');
    there.double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ method, path }) => method === 'POST' && /(pulls|merge_requests)$/.test(path), times: 1 });
    await ship(there, '3.0');
    for (let tries = 0; tries < 4; tries += 1) await there.later('1m');
    const open = [...there.there.requests.values()].filter(({ state }) => state === 'open');
    expect(open.map(({ source }) => source)).toEqual(['sluice/promote/prod/checkout']);
  });

  it.each<[string, Fault]>([
    ['500', { kind: 'answer', answer: { status: 500, body: { message: 'Internal Server Error' } } }],
    ['502', { kind: 'answer', answer: { status: 502, body: 'Bad Gateway' } }],
    ['broken connections', { kind: 'reset' }],
    ['halves of answers', { kind: 'half a body' }],
  ])('with %s for a while goes on where it was when it answers again', async (_, fault) => {
    const there = await waiting(story);
    const better = there.double.faults.inject({ fault, of: ({ path }) => path.startsWith('/api/') });
    await there.review('checkout', 'prod', 'grace');
    await there.later('2m');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('1.0'));
    better();
    await there.later('6m');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });

  it('because it was asked too often is left alone until it said, and why says until when', async () => {
    const there = await waiting(story);
    there.double.faults.inject({ fault: { kind: 'answer', answer: { status: 429, headers: { 'retry-after': '600' }, body: { message: 'slow down' } } }, of: ({ path }) => path.startsWith('/api/'), times: 1 });
    await there.review('checkout', 'prod', 'grace');
    there.callsSince();
    await there.later('5m');
    expect(there.callsSince()).toEqual([]);
    expect(await there.notices()).toEqual([expect.stringMatching(/waiting for http:\/\/127\.0\.0\.1:\d+ until \d{4}-/)]);
    await there.later('6m');
    expect(await there.notices()).toEqual([]);
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });
});
