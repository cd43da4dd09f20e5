import { describeWorlds } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import { BESIDE, cartArrived } from './beside.fixture.js';

describeWorlds('an environment’s branch', (world) => {
  it('that does not exist is named, and what does not need it goes on', async () => {
    const { prod: _prod, ...without } = branches();
    const shop = await world().repository(without);
    await shop.commit('dev', BESIDE);
    await shop.settle();
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'blocked', message: expect.stringContaining('branch prod does not exist') });
    await cartArrived(shop);
  });
});
