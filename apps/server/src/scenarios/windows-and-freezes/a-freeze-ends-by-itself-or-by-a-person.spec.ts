import { NotFound } from '@sluice/kernel';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { NOON, TWO_HOURS, freezeSteps, order, release, tagIn } from './frozen.fixture.js';

describeBothWorlds('freezes that end by themselves or by a person', (world) => {
  const { orders, why } = freezeSteps(world);

  beforeEach(() => world().setClock(NOON));

  it('hold merges into an environment, not requests, and say who, until when and why; they end by themselves', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, { environment: 'prod' }), end: TWO_HOURS });
    await release(shop, '2.0');
    const current = await shop.current('checkout', 'prod');
    const message = 'frozen by grace until Wed 2026-01-07 14:00 UTC: incident 7';
    expect(current).toMatchObject({ state: 'open', verdicts: [{ gate: 'freeze', outcome: 'wait', message, clearedBy: 'time, or a promoter with sluice unfreeze' }] });
    expect((await shop.requests()).find(({ number }) => number === current?.change?.number)?.body).toContain('incident 7');
    expect((await why(shop)).items).toContainEqual(expect.objectContaining({ environment: 'prod', condition: 'frozen', message }));
    expect(await tagIn(shop, 'qa')).toBe('2.0');

    await world().setClock('2026-01-07T13:59:00Z');
    await shop.settle();
    expect(await tagIn(shop, 'prod')).toBe('1.0');
    await world().setClock('2026-01-07T14:01:00Z');
    await shop.workOff();
    expect([await tagIn(shop, 'prod'), await tagIn(shop, 'prod', CART)]).toEqual(['2.0', '2.0']);
    expect((await why(shop)).items.filter(({ condition }) => condition === 'frozen' || condition === 'open')).toEqual([]);
  });

  it('are lifted by a person, and what was ready merges at once', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, { environment: 'prod' }), end: { untilLifted: true } });
    await release(shop, '2.0');
    expect(await shop.current('checkout', 'prod')).toMatchObject({ verdicts: [{ message: 'frozen by grace until it is lifted: incident 7', clearedBy: 'a promoter, with sluice unfreeze' }] });
    await orders().lift(order(shop, { environment: 'prod' }, 'bob'));
    await shop.workOff();
    expect(await tagIn(shop, 'prod')).toBe('2.0');
    await expect(orders().lift(order(shop, { environment: 'prod' }))).rejects.toThrow(NotFound);
  });

  it('of one application leave the others alone', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, { environment: 'qa', application: 'checkout' }), end: TWO_HOURS });
    await release(shop, '2.0');
    expect([await tagIn(shop, 'qa', CHECKOUT), await tagIn(shop, 'qa', CART)]).toEqual(['1.0', '2.0']);
  });

  it('let through what only records what is there already', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, { environment: 'qa' }), end: TWO_HOURS });
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 2 }) });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
    expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(await shop.head('dev'));
  });
});
