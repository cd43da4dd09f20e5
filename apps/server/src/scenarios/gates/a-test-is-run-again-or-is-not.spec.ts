import { applicationName, environmentName, personName } from '@sluice/kernel';
import { RunTestsAgain } from '@sluice/usecases';
import type { TestRun } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CART, deployment } from '../shop.fixture.js';
import { SMOKE } from '../testing-agent.fixture.js';
import type { Shop } from '../world.fixture.js';
import { expectArrived, verdictOf } from './released.fixture.js';
import { FAILED, pipeline, tag, testSteps } from './tested.fixture.js';

describeBothWorlds('a test that was run before', (world) => {
  const { released, runsOf } = testSteps(world);

  const again = (shop: Shop, person: string): Promise<readonly TestRun[]> =>
    new RunTestsAgain(world().ports).run({ repository: shop.id, application: applicationName('checkout'), environment: environmentName('dev'), reason: 'the network was away', person: personName(person) });

  it('is run again by a person when it has failed, and not when it has passed', async () => {
    const { shop, dev } = await released();
    await dev.runs(1, FAILED);
    expect(await again(shop, 'ada')).toMatchObject([{ state: 'ordered', number: 2, orderedBy: 'ada' }]);
    await shop.settle();
    await expect(again(shop, 'ada')).rejects.toThrow('nothing to run again: smoke is ordered');
    await dev.runs(0);
    await expectArrived(shop);
    await expect(again(shop, 'ada')).rejects.toThrow('nothing to run again: smoke is passed');
  });

  it('is run again only for people who may promote', async () => {
    const { shop, dev } = await released();
    await dev.runs(1);
    const { 'sluice.yaml': text } = pipeline();
    await shop.commit('main', { 'sluice.yaml': `${text ?? ''}  roles:\n    - { role: promoter, who: ["person:bob"] }\n` });
    await shop.settle();
    await expect(again(shop, 'ada')).rejects.toThrow('only a promoter of checkout');
    expect(await again(shop, 'bob')).toHaveLength(1);
  });

  it('is not run twice on the same content', async () => {
    const { shop, dev } = await released();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '9.0' }) });
    await shop.settle();
    await dev.sync();
    const checkout = (await runsOf(shop)).filter(({ application }) => application === 'checkout');
    expect(checkout).toHaveLength(1);
    const order = await dev.take(checkout[0]?.id);
    await dev.says(order, { outcome: 'exited', exitCode: 1, duration: 1, message: '', output: '' });
    // taken back, and there again as another commit
    await shop.commit('dev', tag('1.0'));
    await shop.settle();
    await dev.sync();
    await shop.commit('dev', tag('2.0'));
    await shop.settle();
    await dev.sync();
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', evidence: { run: order.run.id } });
  });

  it('is run anew when it is another test', async () => {
    const { shop, dev } = await released();
    await dev.runs(1);
    await shop.commit('main', pipeline('{ command: ["./smoke.sh", "--patient"] }'));
    await shop.settle();
    await dev.beat([SMOKE, { name: 'smoke', command: ['./smoke.sh', '--patient'] }]);
    expect((await dev.take()).run.test.command).toEqual(['./smoke.sh', '--patient']);
  });
});
