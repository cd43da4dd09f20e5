import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { APPROVED, promotionSteps } from './steps.fixture.js';

describeInEveryWay('a request that a person closes', (world, way) => {
  const { repository } = promotionSteps(world, way);

  const closed = async (): Promise<Shop> => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const number = (await shop.current('checkout', 'qa'))?.change?.number ?? 0;
    await world().forge.changes.close(shop.id, number, { by: 'grace' });
    await shop.settle();
    return shop;
  };

  it('is remembered', async () => {
    const shop = await closed();
    const requests = (await shop.requests()).length;
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'closed', message: expect.stringContaining('grace') });
    expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'rejected' });
    expect(await shop.requests()).toHaveLength(requests);
  });

  it('comes back when the content changes', async () => {
    const shop = await closed();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.1' }) });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', attempt: 1 });
  });

  it('comes back, as a new attempt, when a person asks for it', async () => {
    const shop = await closed();
    expect(await shop.promote('checkout', 'qa')).toBe('opened');
    expect(await shop.current('checkout', 'qa')).toMatchObject({ attempt: 2, requester: 'ada' });
  });
});
