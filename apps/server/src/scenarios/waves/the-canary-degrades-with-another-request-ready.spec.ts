import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release, stateOf } from '../fleet.fixture.js';
import { CART, CHECKOUT } from '../shop.fixture.js';
import { FAULT, before, running } from './running.fixture.js';

describeWorlds('a batch in waves', (world) => {
  const fleet = new Fleet(world);

  it('that degrades in the canary with another request ready is rolled back, and then the other one is merged', async () => {
    const shop = await fleet.released('rollback');
    const everywhere = await shop.assigned('qa');
    await release(shop, '3.0');
    await release(shop, 'cart-3.0');
    expect(await shop.current('cart', 'qa')).toMatchObject({ verdicts: [{ gate: 'rollout', outcome: 'wait' }] });
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    const [rollback, undone] = await shop.promotions('checkout', 'qa');
    expect([rollback?.candidate.kind, undone?.state]).toEqual(['rollback', 'rolled-back']);
    // the other one is merged now, and rolls out by itself
    expect(await shop.file('qa', CART)).toContain('cart:cart-3.0');
    const [cart] = await shop.promotions('cart', 'qa');
    expect(await running(shop)).toMatchObject({ promotions: [cart?.id] });
    const assigned = await shop.assigned('qa');
    expect(assigned['canary']).toBe(await shop.head('qa'));
    expect(assigned['eu']).not.toBe(everywhere['eu']);
    await fleet.rollOut(shop);
    expect(await stateOf(shop, 'cart')).toBe('live');
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
  });
});
