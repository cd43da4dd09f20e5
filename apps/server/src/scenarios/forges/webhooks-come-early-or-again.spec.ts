import { CHECKOUT } from '../shop.fixture.js';
import { describeForges, EVERY_FORGE } from './describe-forges.fixture.js';
import { inProd, ship, waiting } from './promoted.fixture.js';

describeForges('webhooks of a forge over the network that come', (story) => {
  it('before the answer to the call that they are about confuse nothing', async () => {
    const there = await waiting(story);
    there.double.deliverFirst = true;
    await there.review('checkout', 'prod', 'grace');
    await ship(there, '3.0');
    expect([...there.there.requests.values()].filter(({ state }) => state === 'open').map(({ source }) => source)).toEqual(['sluice/promote/prod/checkout']);
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('3.0'));
  });

  it('again, all of them, late, in another order and twice, change nothing of what has been done since', async () => {
    const there = await waiting(story);
    await there.review('checkout', 'prod', 'grace');
    await ship(there, '3.0');
    const state = async () => ({
      requests: [...there.there.requests.values()].map(({ number, state: is, head }) => ({ number, is, head })),
      promotions: (await there.promotions('checkout', 'prod')).map(({ id, state: is, candidate }) => ({ id, is, digest: candidate.digest })),
      approvals: await there.approvalsOf(await there.current('checkout', 'prod')),
      decided: await there.audited('promotion.approve'),
      heads: [await there.head('qa'), await there.head('prod')],
    });
    const before = await state();
    const deliveries = [...there.double.deliveries.all()];
    expect(deliveries.length).toBeGreaterThan(5);
    for (const delivery of [...deliveries.toReversed(), ...deliveries]) there.double.deliveries.send(delivery);
    await there.told();
    expect(await state()).toEqual(before);
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('3.0'));
  });
}, EVERY_FORGE);
