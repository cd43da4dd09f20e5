import { branches, CHECKOUT, deployment } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd } from './promoted.fixture.js';

const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true }';

describeForges('a push on a forge over the network by an account that is nobody’s', (story) => {
  it('keeps every approval from counting, and says whose it is to say, until an admin links the account', async () => {
    const there = await story.shop(branches({ prod: APPROVED }));
    await there.checkout('dev');
    await there.edit({ [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await there.gitAs('bob', 'commit', '--quiet', '-m', 'Bob’s');
    await there.gitAs('stranger', 'push', '--quiet', 'forge', 'dev');
    await there.told();
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('1.0'));
    const approvals = (await there.current('checkout', 'prod'))?.verdicts.find(({ gate }) => gate === 'approvals');
    expect(approvals).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/: stranger@127\.0\.0\.1:\d+, who pushed cannot be mapped to a person$/) as string, clearedBy: expect.stringContaining('sluice people link') as string });
    await there.link('stranger', 'sam');
    await there.told();
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });
});
