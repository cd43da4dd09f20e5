import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import { text } from './released.fixture.js';

describeWorlds('a rollback', (world) => {
  it('goes back over several promotions, and over a second rollback', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    for (const tag of ['2.0', '3.0', '4.0']) await release(shop, tag);
    const [p4, p3, p2] = await shop.promotions('checkout', 'qa');
    expect(await shop.rollBack('checkout', 'qa', { to: p2!.id })).toEqual([p4?.id, p3?.id]);
    expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
    expect(await shop.rollBack('checkout', 'qa')).toEqual([p2?.id]);
    expect(await shop.file('qa', CHECKOUT)).toBe(text('1.0'));
    await expect(shop.rollBack('checkout', 'qa')).rejects.toThrow('there is nothing to go back to');
  });
});
