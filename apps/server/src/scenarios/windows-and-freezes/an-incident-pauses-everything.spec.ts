import { ReadMatrix, UnownedPaths } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import { NOON, freezeSteps, order, release, tagIn } from './frozen.fixture.js';

describeBothWorlds('freezes in an incident,', (world) => {
  const { orders, why } = freezeSteps(world);

  beforeEach(() => world().setClock(NOON));

  it('of everything are the pause of an incident: nothing merges anywhere, and goes on where it was', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, {}), end: { untilLifted: true } });
    await release(shop, '2.0');
    expect(await tagIn(shop, 'qa')).toBe('1.0');
    expect((await why(shop)).items.filter(({ condition }) => condition === 'frozen').map(({ environment }) => environment)).toEqual(['qa', 'prod']);
    const matrix = await new ReadMatrix({ ...world().ports, unownedPaths: new UnownedPaths(world().ports.mirrors) }, world().ports.clock).run(shop.id);
    expect(matrix.freezes).toMatchObject([{ by: 'grace', reason: 'incident 7' }]);
    await orders().lift(order(shop, {}));
    await shop.workOff();
    expect([await tagIn(shop, 'qa'), await tagIn(shop, 'prod')]).toEqual(['2.0', '2.0']);
  });
});
