import { describeInEveryWay } from './describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { Shop } from './world.fixture.js';

const APPROVED = '      approvals: { required: 1, from: ["*"], excludeAuthors: true, excludeRequester: true }';

describeInEveryWay('approvals', (world, way) => {
  const released = async (): Promise<Shop> => {
    const shop = await world().repository(branches({ prod: APPROVED }), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) }, { as: 'bob' });
    await shop.settle();
    return shop;
  };

  it('of his own change an author cannot give at the second hop either, where every commit is Sluice’s own', async () => {
    const shop = await released();
    expect(await shop.file('qa', CHECKOUT)).toContain(':2.0');
    await expect(shop.approve('checkout', 'prod', 'bob')).rejects.toThrow(/author/);
    expect(await shop.file('prod', CHECKOUT)).not.toContain(':2.0');
    await shop.approve('checkout', 'prod', 'ada');
    expect(await shop.file('prod', CHECKOUT)).toContain(':2.0');
  });

  it('and green statuses of a request that was closed do not come back with it: it is another commit', async () => {
    const shop = await released();
    const closed = (await shop.current('checkout', 'prod'))!;
    await world().forge.statuses.set(shop.id, closed.candidate.head, [{ context: 'sluice/ready', state: 'success', description: 'old', by: 'sluice' }]);
    await shop.reject('checkout', 'prod', 'grace');
    await shop.promote('checkout', 'prod');
    const again = (await shop.current('checkout', 'prod'))!;
    expect(again.candidate.head).not.toBe(closed.candidate.head);
    expect(again.candidate.digest).not.toBe(closed.candidate.digest);
    expect((await world().forge.statuses.list(shop.id, again.candidate.head)).find(({ context }) => context === 'sluice/ready')).toMatchObject({ state: 'pending' });
    expect(await shop.file('prod', CHECKOUT)).not.toContain(':2.0');
  });
});
