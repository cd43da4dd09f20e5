import { CHECKOUT } from '../shop.fixture.js';
import { describeForges, EVERY_FORGE } from './describe-forges.fixture.js';
import { inProd, requestOf, ship, waiting } from './promoted.fixture.js';

const TWO_APPROVE = '      approvals: { required: 2, from: [group:release-managers, group:sre], excludeAuthors: true }';

describeForges('an approval on a forge over the network', (story) => {
  it('is taken back there when the content changes, so that the forge does not count it for what nobody looked at', async () => {
    const there = await waiting(story, TWO_APPROVE);
    await there.review('checkout', 'prod', 'grace');
    await ship(there, '3.0');
    await there.told();
    expect(there.there.reviews.map(({ by, state }) => [by.login, state])).toEqual([['grace', 'dismissed']]);
    expect((await there.events()).filter(({ type }) => type === 'review.dismissed')).toEqual([expect.objectContaining({ message: expect.stringContaining('grace') as string })]);
    for (const login of ['eve', 'grace']) await there.review('checkout', 'prod', login);
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('3.0'));
  });

  it('by a person does not count any more, until it is given again', async () => {
    const there = await waiting(story, TWO_APPROVE);
    await there.review('checkout', 'prod', 'grace');
    const [review] = there.there.reviews;
    if (!review) throw new Error('there is no review');
    there.there.dismiss(await requestOf(there), review, there.double.accounts.add('grace'));
    await there.later('6m');
    expect(await there.approvalsOf(await there.current('checkout', 'prod'))).toEqual([]);
    expect((await there.events()).filter(({ type }) => type === 'review.withdrawn')).toEqual([expect.objectContaining({ message: expect.stringContaining('the approval by grace') as string })]);
    await there.review('checkout', 'prod', 'eve');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('1.0'));
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });

  it('stays as it is when the forge does not let Sluice, which is told once, and counts for nothing', async () => {
    const there = await waiting(story, TWO_APPROVE);
    await there.review('checkout', 'prod', 'grace');
    const answer = { status: 403, body: { message: 'You may not.' } };
    there.double.faults.inject({ fault: { kind: 'answer', answer }, of: ({ path }) => /dismissals$|reset_approvals$/.test(path) });
    await ship(there, '3.0');
    await there.later('6m');
    expect(there.there.reviews.map(({ state }) => state)).toEqual(['approved']);
    expect((await there.events()).filter(({ type }) => type === 'review.kept')).toHaveLength(1);
    await there.review('checkout', 'prod', 'eve');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('1.0'));
  });
}, EVERY_FORGE);
