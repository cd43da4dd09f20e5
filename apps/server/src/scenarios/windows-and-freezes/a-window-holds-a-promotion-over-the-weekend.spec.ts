import { ReadWhy } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import { RELEASED, WEEKEND, windowSteps } from './released.fixture.js';

describeWorlds('windows over nights and weekends:', (world) => {
  const { released } = windowSteps(world);

  it('a closed window holds a promotion, says until when and what closes it, and lets it merge by itself when it opens', async () => {
    const shop = await released(WEEKEND, '2026-01-09T15:30:00+01:00');
    const current = await shop.current('checkout', 'prod');
    expect(current).toMatchObject({ state: 'open', verdicts: [{ gate: 'windows', outcome: 'wait', message: 'closed until Mon 2026-01-12 08:00 Europe/Berlin (deny Fri 15:00-Mon 08:00)', clearedBy: 'time', until: Date.parse('2026-01-12T07:00:00Z') }] });
    const { items } = await new ReadWhy(world().ports, world().ports.clock).run({ repository: shop.id });
    expect(items).toContainEqual(expect.objectContaining({ application: 'checkout', environment: 'prod', message: 'waits for windows', verdicts: current?.verdicts }));
    const request = (await shop.requests()).find(({ number }) => number === current?.change?.number);
    expect(request?.body).toContain('closed until Mon 2026\\-01\\-12 08:00');

    await world().setClock('2026-01-12T07:59:00+01:00');
    await shop.settle();
    expect((await shop.current('checkout', 'prod'))?.state).toBe('open');
    await world().setClock('2026-01-12T08:00:00+01:00');
    await shop.workOff();
    expect(await shop.file('prod', CHECKOUT)).toBe(RELEASED);
  });

  it('the clock on the wall counts over the change to summer time', async () => {
    const shop = await released(WEEKEND, '2026-03-27T15:00:00+01:00');
    expect(await shop.current('checkout', 'prod')).toMatchObject({ verdicts: [{ until: Date.parse('2026-03-30T08:00:00+02:00') }] });
    await world().setClock('2026-03-30T08:00:00+02:00');
    await shop.workOff();
    expect(await shop.file('prod', CHECKOUT)).toBe(RELEASED);
  });

  it('an open window holds nothing', async () => {
    const shop = await released(WEEKEND, '2026-01-09T14:59:00+01:00');
    expect(await shop.file('prod', CHECKOUT)).toBe(RELEASED);
  });

  it('a daily interval, weekdays and a cron expression work as gates of their own', async () => {
    const gates = `      gates:
        - { name: nights, type: window, deny: "22:00-06:00" }
        - { name: working-days, type: window, allow: "Mon-Fri" }
        - { name: closing, type: window, deny: "0 12 1 * * for 90m" }`;
    const shop = await released(gates, '2026-02-01T12:30:00Z');
    const outcomes = async () => (await shop.current('checkout', 'prod'))?.verdicts.map(({ gate, outcome }) => `${gate}: ${outcome}`);
    expect(await outcomes()).toEqual(['nights: pass', 'working-days: wait', 'closing: wait']);
    await world().setClock('2026-02-02T01:00:00Z');
    await shop.workOff();
    expect(await outcomes()).toEqual(['nights: wait', 'working-days: pass', 'closing: pass']);
    await world().setClock('2026-02-02T06:00:00Z');
    await shop.workOff();
    expect(await shop.file('prod', CHECKOUT)).toBe(RELEASED);
  });

  it('commits that only record what is there already are merged at any time', async () => {
    await world().setClock('2026-01-10T12:00:00Z');
    const shop = await world().repository(branches({ prod: WEEKEND }));
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'in-sync' });
    expect((await shop.promotions('cart', 'prod')).map(({ candidate }) => candidate.kind)).toEqual(['record-only']);
  });
});
