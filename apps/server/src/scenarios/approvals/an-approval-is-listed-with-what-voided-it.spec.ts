import { personName } from '@sluice/kernel';
import { DeactivatePerson } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { rightsSteps } from '../rights/rights.fixture.js';

const ONE = '      approvals: { required: 1, from: ["*"] }';
const TWO = '      approvals: { required: 2, from: ["*"] }';

describeBothWorlds('an approval', (world) => {
  const { release, listed, events } = rightsSteps(world);

  it('is listed as one that counts, and as void with what voided it when newer content comes', async () => {
    const shop = await release(TWO);
    await shop.approve('checkout', 'prod', 'grace');
    expect(await listed(shop)).toMatchObject([{ person: 'grace', counts: true }]);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) }, { as: 'bob' });
    await shop.settle();
    const [item] = await listed(shop);
    expect(item).toMatchObject({ person: 'grace', counts: false, why: expect.stringContaining('of another content') as string, voidedAt: expect.any(Number) as number });
    expect((await events(shop)).filter(({ type }) => type === 'approval.voided').map(({ message }) => message)).toEqual([expect.stringContaining('the approval by grace is void')]);
  });

  it('is listed as one of what was merged before, once that is so', async () => {
    const shop = await release(ONE);
    await shop.approve('checkout', 'prod', 'grace');
    await shop.settle();
    expect(await listed(shop)).toMatchObject([{ person: 'grace', counts: true }]);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) }, { as: 'bob' });
    await shop.settle();
    expect(await listed(shop)).toMatchObject([{ person: 'grace', counts: false, why: expect.stringMatching(/^it was of what was merged before, as [0-9a-f]{10} \(prod-checkout-/) as string }]);
  });

  it('does not count while its person is deactivated, and says so in every place; theirs who come back count again', async () => {
    const shop = await release(TWO);
    await shop.approve('checkout', 'prod', 'grace');
    const leaving = new DeactivatePerson({ ...world().ports, slackLinks: world().store.slackLinks });
    const order = { person: personName('grace'), by: personName('root'), reason: 'has left' };
    const verdict = async () => (await shop.current('checkout', 'prod'))?.verdicts.find(({ gate }) => gate === 'approvals')?.message;
    await leaving.deactivate(order);
    await shop.workOff();
    expect(await listed(shop)).toMatchObject([{ person: 'grace', counts: false, why: 'grace was deactivated' }]);
    expect(await verdict()).toBe("0 of 2 given (grace's does not count: grace was deactivated)");
    await expect(shop.approve('checkout', 'prod', 'grace')).rejects.toThrow('grace was deactivated');
    await shop.approve('checkout', 'prod', 'eve');
    expect(await verdict()).toContain('1 of 2 given');
    await leaving.reactivate(order);
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toContain(':2.0');
  });
});
