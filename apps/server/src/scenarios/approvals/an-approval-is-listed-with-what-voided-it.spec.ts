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
});
