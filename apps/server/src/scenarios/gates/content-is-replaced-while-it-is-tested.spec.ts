import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { expectWaiting } from './released.fixture.js';
import { tag, testSteps } from './tested.fixture.js';

describeBothWorlds('a test whose content is replaced', (world) => {
  const { released, statesOf, runsOf } = testSteps(world);

  it('is not run on content that was replaced first, and says so', async () => {
    const { shop, dev } = await released();
    await shop.commit('dev', tag('3.0'));
    await shop.settle();
    await dev.sync();
    expect(await statesOf(shop)).toEqual(['ordered', 'replaced']);
    expect((await runsOf(shop))[1]?.message).toBe('dev got other content before it was run');
    expect((await dev.told()).map(({ run }) => run)).toEqual([(await runsOf(shop))[0]?.id]);
    expect((await shop.promotions('checkout', 'qa'))[1]?.timeline.at(-1)?.detail).toContain('in the source before its gates had passed');
  });

  it('says nothing about content that was replaced while it ran', async () => {
    const { shop, dev } = await released();
    const order = await dev.take();
    await shop.commit('dev', tag('3.0'));
    await shop.settle();
    await dev.sync();
    await dev.says(order, { outcome: 'exited', exitCode: 0, duration: 1, message: '', output: '' });
    expect((await runsOf(shop)).find(({ id }) => id === order.run.id)).toMatchObject({ state: 'replaced', message: `dev got other content on ${shop.id}-dev while it ran` });
    await expectWaiting(shop);
  });
});
