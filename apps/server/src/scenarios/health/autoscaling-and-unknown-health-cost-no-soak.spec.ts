import { describeWorlds } from '../describe-worlds.fixture.js';
import { soakSteps, tagOnProd, verdict } from './soaking.fixture.js';

describeWorlds('the health of the source', (world) => {
  const { released, later } = soakSteps(world);

  it.each([['autoscaling', 'InProgress'], ['a cluster that does not know for a while', 'Unknown']] as const)('%s costs no soak: the hour goes on', async (_, health) => {
    const shop = await released('2.0');
    await shop.sync('qa');
    await later(shop, 30);
    await shop.sync('qa', health);
    await later(shop, 29);
    expect(await tagOnProd(shop)).toBe('1.0');
    await later(shop, 2);
    expect(await tagOnProd(shop)).toBe('2.0');
  });

  it('what has not been healthy yet does not begin to soak, and why says what it is waiting for', async () => {
    const shop = await released('2.0');
    await shop.sync('qa', 'InProgress');
    await later(shop, 120);
    expect(await verdict(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('InProgress there'), clearedBy: 'the agents of qa, when they report it healthy' });
    expect(await tagOnProd(shop)).toBe('1.0');
  });
});
