import { applicationName, environmentName, instant, personName } from '@sluice/kernel';
import { DecidePromotion, PlanPromotions, ReadWhy } from '@sluice/usecases';
import { describeWorlds } from './describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { Shop } from './world.fixture.js';

const WEEKEND = '      windows: [{ deny: "Fri 15:00-Mon 08:00", timezone: Europe/Berlin }]';
const RELEASED = deployment('checkout', { tag: '2.0', replicas: 4, registry: 'registry.prod.example.org' });

describeWorlds('windows', (world) => {
  const released = async (prod: string, time: string): Promise<Shop> => {
    await world().setClock(time);
    const shop = await world().repository(branches({ prod }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    return shop;
  };
  const plan = (shop: Shop, at: string) => new PlanPromotions(world().ports).run({ repository: shop.id, application: applicationName('checkout'), environment: environmentName('prod'), at: instant(Date.parse(at)) });

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

  it('commits that only record what is there already are merged at any time', async () => {
    await world().setClock('2026-01-10T12:00:00Z');
    const shop = await world().repository(branches({ prod: WEEKEND }));
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'in-sync' });
    expect((await shop.promotions('cart', 'prod')).map(({ candidate }) => candidate.kind)).toEqual(['record-only']);
  });

  it('a plan with another clock says what would hold then', async () => {
    const shop = await released(`      gates: [{ name: christmas, type: freeze, from: 2026-12-20T00:00, until: 2027-01-04T08:00, timezone: Europe/Berlin, reason: end of the year }]\n${WEEKEND}`, '2026-01-10T12:00:00Z');
    expect((await plan(shop, '2026-12-24T18:00:00+01:00'))[0]?.gates).toMatchObject([{ gate: 'christmas', outcome: 'wait', message: 'frozen until Mon 2027-01-04 08:00 Europe/Berlin: end of the year' }, { gate: 'windows', outcome: 'pass' }]);
    expect((await plan(shop, '2026-12-18T18:00:00+01:00'))[0]?.gates).toMatchObject([{ gate: 'christmas', outcome: 'pass' }, { gate: 'windows', outcome: 'wait' }]);
    expect((await plan(shop, '2026-12-17T18:00:00+01:00'))[0]?.gates.map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  });

  it('a plan with another clock counts soak up to then', async () => {
    // soak counts from the database's receipt of a report
    const now = Date.now();
    await world().setClock(new Date(now).toISOString());
    const shop = await world().repository(branches({ prod: '      gates: [{ name: qa-healthy, type: health, soak: 4h }]' }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.sync('qa');
    const inHours = async (hours: number) => (await plan(shop, new Date(now + hours * 3_600_000).toISOString()))[0]?.gates;
    expect(await inHours(2)).toMatchObject([{ gate: 'qa-healthy', outcome: 'wait' }]);
    expect(await inHours(8)).toMatchObject([{ gate: 'qa-healthy', outcome: 'pass' }]);
  });
});
