import { environmentName } from '@sluice/kernel';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';

describeWorlds('a rollback where direct pushes are held', (world) => {
  it.each(['squash', 'merge', 'rebase'] as const)('reaches the agents, and needs nobody to accept it, merged by %s', async (mergeMethod) => {
    const shop = await world().repository(branches({ qa: '      directPush: hold', prod: '      merge: manual' }), { mergeMethod });
    for (const tag of ['2.0', '3.0']) await release(shop, tag);
    await shop.rollBack('checkout', 'qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    const state = await world().ports.environments.state(shop.id, environmentName('qa'));
    expect(state).toMatchObject({ assigned: await shop.head('qa'), unreviewed: [] });
    expect((await shop.why('checkout', 'qa')).map(({ condition }) => condition)).not.toContain('not-assigned');
  });

  it('waits behind a push that nobody has accepted, which alone is named', async () => {
    const shop = await world().repository(branches({ qa: '      directPush: hold', prod: '      merge: manual' }));
    for (const tag of ['2.0', '3.0']) await release(shop, tag);
    await shop.commit('qa', { 'apps/checkout/more.yaml': 'a: 1\n' }, { as: 'bob' });
    await shop.settle();
    await shop.rollBack('checkout', 'qa');
    const waiting = (await shop.why('checkout', 'qa')).find(({ condition }) => condition === 'not-assigned');
    expect(waiting?.message).toContain('by bob');
    expect(waiting?.message).not.toContain('Roll back');
    await shop.accept('qa', 'ada');
    expect((await world().ports.environments.state(shop.id, environmentName('qa')))?.assigned).toBe(await shop.head('qa'));
  });
});
