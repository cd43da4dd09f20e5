import { applicationName, environmentName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { MANUAL, TWO, cartIsIn, ordered, waits } from './cart-after-checkout.fixture.js';

describeWorlds('an application that comes after another', (world) => {
  const bothChange = (shop: Shop) => shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO), [CART]: deployment('cart', TWO) });

  it('goes when the other has gone, though both changed in one commit', async () => {
    const shop = await world().repository(ordered());
    await bothChange(shop);
    await shop.settle();
    const [cart] = await shop.promotions('cart', 'prod');
    const [checkout] = await shop.promotions('checkout', 'prod');
    expect([cart?.candidate.kind, await cartIsIn(shop, 'prod')]).toEqual(['change', true]);
    expect(cart?.verdicts).toMatchObject([{ gate: 'after', outcome: 'pass', message: 'checkout has nothing open here' }]);
    expect(cart!.mergedAt!).toBeGreaterThanOrEqual(checkout!.mergedAt!);
  });

  it('waits while the other has an open request in the same environment, and says what that one waits for', async () => {
    const shop = await world().repository(ordered({ qa: '      gates: [{ name: go, type: manual }]' }));
    await bothChange(shop);
    await shop.settle();
    expect(await waits(shop)).toMatchObject({ type: 'after', outcome: 'wait', message: 'checkout goes first: its promotion from dev waits for go: nobody has cleared it yet', clearedBy: 'checkout, when it is merged, closed or in sync' });
  });

  it('goes when the request of the other is merged by a person', async () => {
    const shop = await world().repository(ordered({ qa: MANUAL }));
    await bothChange(shop);
    await shop.settle();
    expect(await shop.current('cart', 'qa')).toMatchObject({ state: 'open' });
    const { change, candidate } = (await shop.current('checkout', 'qa'))!;
    await shop.mergeOnForge(change!.number, candidate.head);
    await shop.settle();
    expect(await shop.current('cart', 'qa')).toMatchObject({ state: 'ready', verdicts: [{ gate: 'after', outcome: 'pass' }] });
  });

  it('goes when the request of the other is closed', async () => {
    const shop = await world().repository(ordered({ qa: MANUAL }));
    await bothChange(shop);
    await shop.settle();
    const { change } = (await shop.current('checkout', 'qa'))!;
    await world().forge.changes.close(shop.id, change!.number, { by: 'bob' });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'closed' });
    expect(await waits(shop)).toMatchObject({ outcome: 'pass' });
  });

  it('does not wait when the other has nothing to promote', async () => {
    const shop = await world().repository(ordered());
    await shop.commit('dev', { [CART]: deployment('cart', TWO) });
    await shop.settle();
    expect(await cartIsIn(shop, 'prod')).toBe(true);
  });

  it('waits until the other has been looked at, whichever lane a worker takes first', async () => {
    const shop = await world().repository(ordered({ qa: MANUAL }));
    await bothChange(shop);
    await world().ports.wakes.wake({ kind: 'repository', repository: shop.id });
    await shop.work({ kind: 'repository', repository: shop.id });
    await shop.work({ kind: 'lane', repository: shop.id, application: applicationName('cart'), target: environmentName('qa') });
    expect(await waits(shop)).toMatchObject({ outcome: 'wait', message: 'checkout goes first: its newest content has not been looked at yet' });
    await shop.settle();
    expect(await waits(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('its promotion from dev waits for') });
  });

  it('says so in a plan and in the request', async () => {
    const shop = await world().repository(ordered({ qa: MANUAL }));
    await bothChange(shop);
    await shop.settle();
    const [item] = await new PlanPromotions(world().ports).run({ repository: shop.id, application: applicationName('cart'), environment: environmentName('qa') });
    expect(item?.gates).toMatchObject([{ gate: 'after', outcome: 'wait' }]);
    const open = (await shop.current('cart', 'qa'))!;
    const statuses = await world().forge.statuses.list(shop.id, open.candidate.head);
    expect(statuses).toContainEqual(expect.objectContaining({ context: 'sluice/after', state: 'pending' }));
    expect((await shop.requests()).find(({ number }) => number === open.change?.number)?.body).toContain('after');
  });
});
