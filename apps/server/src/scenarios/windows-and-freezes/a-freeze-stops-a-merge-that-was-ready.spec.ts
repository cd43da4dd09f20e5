import { personName } from '@sluice/kernel';
import { DecidePromotion } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import { NOON, TWO_HOURS, freezeSteps, order, release, tagIn } from './frozen.fixture.js';

describeBothWorlds('freezes of what was ready', (world) => {
  const { orders } = freezeSteps(world);

  beforeEach(() => world().setClock(NOON));

  it('stop a merge that was ready, and one that was already asked for', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    const ready = (await shop.current('checkout', 'prod'))!;
    expect(ready.state).toBe('ready');
    await new DecidePromotion(world().ports).merge({ repository: shop.id, promotion: ready.id, digest: ready.candidate.digest, person: personName('ada') });
    await orders().freeze({ ...order(shop, { environment: 'prod' }), end: TWO_HOURS });
    await shop.workOff();
    expect((await shop.current('checkout', 'prod'))?.timeline).toContainEqual(expect.objectContaining({ what: 'merge refused', detail: expect.stringContaining('frozen by grace') }));
    expect((await shop.current('cart', 'prod'))?.state).toBe('open');
    expect(await tagIn(shop, 'prod')).toBe('1.0');
    const ofCart = (await shop.current('cart', 'prod'))!.candidate.head;
    expect((await world().forge.statuses.list(shop.id, ofCart)).find(({ context }) => context === 'sluice/ready')?.state).toBe('pending');
  });
});
