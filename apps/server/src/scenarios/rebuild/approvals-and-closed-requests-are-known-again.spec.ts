import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { APPROVED, rebuildSteps } from './remembered.fixture.js';

describeBothWorlds('after the database was lost,', (world) => {
  const { expectSame } = rebuildSteps(world);

  it('an approval counts again for what it was given for, and the requester is still excluded', async () => {
    const shop = await world().repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.reject('checkout', 'qa', 'root');
    await shop.promote('checkout', 'qa', 'bob');
    await shop.approve('checkout', 'qa', 'grace');
    await world().loseDatabase();
    expect(await shop.rebuild()).toMatchObject({ restored: { open: 1, closed: 1 }, approvals: 1 });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ requester: 'bob', verdicts: [{ gate: 'approvals', outcome: 'wait', message: '1 of 2 given' }] });
    await expect(shop.approve('checkout', 'qa', 'bob')).rejects.toThrow('the requester may not approve');
    await shop.approve('checkout', 'qa', 'root');
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
  });

  it('a request that a person closed stays closed, until the content changes', async () => {
    const shop = await world().repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.reject('checkout', 'qa', 'grace');
    await expectSame(shop, [['checkout', 'qa']]);
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'closed' });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', attempt: 1 });
  });
});
