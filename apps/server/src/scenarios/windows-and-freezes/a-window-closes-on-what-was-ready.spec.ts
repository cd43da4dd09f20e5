import { personName } from '@sluice/kernel';
import { DecidePromotion } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { RELEASED, WEEKEND, windowSteps } from './released.fixture.js';

describeWorlds('windows that close on what was ready:', (world) => {
  const { released } = windowSteps(world);

  it('a window that closes takes back its pass: a request that a person could have merged waits', async () => {
    const shop = await released(`      merge: manual\n${WEEKEND}`, '2026-01-09T14:00:00+01:00');
    const ready = await shop.current('checkout', 'prod');
    expect(ready?.state).toBe('ready');
    const status = async () => (await world().forge.statuses.list(shop.id, ready!.candidate.head)).find(({ context }) => context === 'sluice/ready')?.state;
    expect(await status()).toBe('success');
    await world().setClock('2026-01-09T15:00:00+01:00');
    await shop.workOff();
    expect((await shop.current('checkout', 'prod'))?.state).toBe('open');
    expect(await status()).toBe('pending');
  });

  it('a merge that was asked for while the window was open is refused when it comes too late', async () => {
    const shop = await released(`      merge: manual\n${WEEKEND}`, '2026-01-09T14:00:00+01:00');
    const ready = (await shop.current('checkout', 'prod'))!;
    await new DecidePromotion(world().ports).merge({ repository: shop.id, promotion: ready.id, digest: ready.candidate.digest, person: personName('ada') });
    await world().setClock('2026-01-09T15:01:00+01:00');
    await shop.workOff();
    const after = await shop.current('checkout', 'prod');
    expect(after?.state).toBe('open');
    expect(after?.timeline).toContainEqual(expect.objectContaining({ what: 'merge refused', detail: expect.stringContaining('windows: closed until Mon 2026-01-12 08:00') }));
    expect(await shop.file('prod', CHECKOUT)).not.toBe(RELEASED);
  });
});
