import { describeBothWorlds, describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { promotionSteps } from './steps.fixture.js';

describeInEveryWay('a source that is force-pushed, so that the base is gone', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('is adopted anew: that says so and waits for a person', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('dev');
    await shop.git('reset', '--quiet', '--hard', 'HEAD~1');
    await shop.push('dev', '--force');
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', candidate: { kind: 'adopt' }, verdicts: [{ gate: 'adoption', outcome: 'wait' }] });
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    await shop.approve('checkout', 'qa', 'grace');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '3.0', replicas: 2 }));
  });
});

describeBothWorlds('an open promotion whose commit was force-pushed away', (world) => {
  it('is taken back, although it had passed its gates', async () => {
    const gates = '      gates:\n        - { name: dev-healthy, type: health }\n        - { name: board, type: manual }';
    const shop = await world().repository(branches({ qa: gates }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.sync('dev');
    expect((await shop.current('checkout', 'qa'))?.verdicts).toMatchObject([{ outcome: 'pass' }, { outcome: 'wait' }]);
    await shop.checkout('dev');
    await shop.git('reset', '--quiet', '--hard', 'HEAD~1');
    await shop.push('dev', '--force');
    await shop.settle();
    const [before] = (await shop.promotions('checkout', 'qa')).filter(({ candidate }) => candidate.kind !== 'record-only');
    expect(before).toMatchObject({ state: 'superseded' });
    expect(await shop.current('checkout', 'qa')).toBeUndefined();
  });
});
