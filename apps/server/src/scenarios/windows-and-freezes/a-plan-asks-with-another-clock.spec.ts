import { applicationName, environmentName, instant } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { WEEKEND, windowSteps } from './released.fixture.js';

describeWorlds('windows and soak at another time:', (world) => {
  const { released } = windowSteps(world);

  const plan = (shop: Shop, at: string) => new PlanPromotions(world().ports).run({ repository: shop.id, application: applicationName('checkout'), environment: environmentName('prod'), at: instant(Date.parse(at)) });

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
