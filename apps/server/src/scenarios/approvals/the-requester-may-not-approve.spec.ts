import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

describeBothWorlds('who asks for a promotion', (world) => {
  const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true, excludeRequester: true }';
  const shopWithApprovals = (): Promise<Shop> => world().repository(branches({ qa: APPROVED }));

  const change = async (shop: Shop, tag = '2.0'): Promise<void> => {
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }) });
    await shop.settle();
  };

  it('may not approve it, when it was closed and comes back because of them', async () => {
    const shop = await shopWithApprovals();
    await change(shop);
    await shop.reject('checkout', 'qa', 'grace');
    await shop.promote('checkout', 'qa', 'grace');
    await expect(shop.approve('checkout', 'qa', 'grace')).rejects.toThrow(/requester may not approve/);
  });

  it('asks for nothing new when it is open already, and may still approve it', async () => {
    const shop = await shopWithApprovals();
    await change(shop);
    expect(await shop.promote('checkout', 'qa', 'grace')).toBe('opened');
    await shop.approve('checkout', 'qa', 'grace');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
  });

  it('is not the requester of what comes later when there was nothing to promote', async () => {
    const shop = await shopWithApprovals();
    expect(await shop.promote('checkout', 'qa', 'grace')).toBe('nothing');
    await change(shop);
    expect((await shop.current('checkout', 'qa'))?.requester).toBeUndefined();
    await shop.approve('checkout', 'qa', 'grace');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
  });
});
