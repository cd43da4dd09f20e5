import { CHECKOUT } from '../shop.fixture.js';
import { describeForges, EVERY_FORGE } from './describe-forges.fixture.js';
import { inProd, inQa, requestOf, waiting } from './promoted.fixture.js';

describeForges('a change on a forge over the network', (story) => {
  it('goes to production through requests there: gates as statuses, an approval as a review, merged by Sluice', async () => {
    const there = await waiting(story);
    expect(await there.file('qa', CHECKOUT)).toBe(inQa('2.0'));
    const promotion = await there.current('checkout', 'prod');
    expect(promotion).toMatchObject({ state: 'open', verdicts: [expect.objectContaining({ gate: 'approvals', outcome: 'wait' })] });
    const request = await requestOf(there);
    expect(request).toMatchObject({ state: 'open', draft: false, target: 'prod', source: 'sluice/promote/prod/checkout', title: expect.stringContaining('checkout'), labels: ['sluice', 'sluice: prod'] });
    await there.review('checkout', 'prod', 'grace', { body: 'Go.' });
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
    expect(request).toMatchObject({ state: 'merged', ended: { by: { login: 'sluice-bot' } } });
    const newest = new Map(there.there.statusesOf(request.head).toReversed().map(({ context, state }) => [context, state]));
    expect(newest).toEqual(new Map([['sluice/approvals', 'success'], ['sluice/ready', 'success']]));
    expect(await there.audited('repository.connect')).toEqual(['root sluice repository.connect']);
    expect(await there.audited('promotion.approve')).toEqual(['grace forge promotion.approve as grace']);
    expect(await there.approvalsOf(promotion)).toEqual([expect.objectContaining({ person: 'grace', decision: 'approved', door: 'forge' })]);
  });
}, EVERY_FORGE);
