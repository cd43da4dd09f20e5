import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { APPROVED, promotionSteps } from './steps.fixture.js';

describeInEveryWay('a change that is landed in dev, reverted there and landed again', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('ends in the target, with the newest ledger and nothing held', async () => {
    const shop = await repository(branches());
    const [a, original] = [deployment('checkout', { tag: '2.0' }), deployment('checkout')];
    for (const text of [a, original, a]) await shop.commit('dev', { [CHECKOUT]: text });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(await shop.head('dev'));
    await inSync(shop);
  });

  it('has to be approved anew: an old approval does not count when the same content comes again', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    const [a, original] = [deployment('checkout', { tag: '2.0' }), deployment('checkout')];
    for (const text of [a, original]) {
      await shop.commit('dev', { [CHECKOUT]: text });
      await shop.settle();
      await shop.approve('checkout', 'qa', 'grace');
    }
    await shop.commit('dev', { [CHECKOUT]: a });
    await shop.settle();
    const current = await shop.current('checkout', 'qa');
    expect(current).toMatchObject({ state: 'open', verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
    expect(await world().forge.statuses.list(shop.id, current!.candidate.head)).toContainEqual(expect.objectContaining({ context: 'sluice/ready', state: 'pending', description: 'approvals: 0 of 1 given' }));
  });
});
