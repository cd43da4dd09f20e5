import type { DeliveryView, DeliveryWanted } from '@sluice/usecases';
import { environmentName } from '@sluice/kernel';
import { ReadDelivery } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const HOUR = 3_600_000;
const QA = environmentName('qa');

describeBothWorlds('delivery metrics of a week', (world) => {
  // a day in the future: the clock of the world goes on between what happens, so figures are compared by the hour
  const monday = Math.ceil(Date.now() / (24 * HOUR)) * 24 * HOUR;
  const time = (hours: number): string => new Date(monday + hours * HOUR).toISOString();
  let shop: Shop;

  /** It is so many hours after the week began. */
  async function at(hours: number): Promise<void> {
    shop.commitsAt(time(hours));
    await world().setClock(time(hours));
  }

  async function read(wanted: Partial<DeliveryWanted> = {}): Promise<DeliveryView> {
    const { ports, store } = world();
    return new ReadDelivery({ ...ports, deliveries: store.deliveries }, ports.clock).run({ repository: shop.id, environment: QA, by: 'environment', from: time(0), to: time(240), ...wanted });
  }

  const inHours = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds / 3_600));

  beforeAll(async () => {
    shop = await world().repository(branches({ qa: '      rollout: { onDegraded: rollback }', prod: '      merge: manual' }));
    await shop.sync('qa');
    await at(0);
    await release(shop, '2.0');
    await at(2);
    await shop.sync('qa');
    // fails at 11, is rolled back by the pipeline, and qa is healthy again at 12
    await at(10);
    await release(shop, '3.0');
    await at(11);
    await shop.sync('qa', 'Failed');
    await at(12);
    await shop.sync('qa');
    // brings 3.0 with it, once a person has lifted the hold
    await at(20);
    await release(shop, '4.0');
    await shop.promote('checkout', 'qa');
    await at(21);
    await shop.sync('qa');
    // turns red long after it was live, and is fixed forward
    await at(30);
    await shop.sync('qa', 'Failed');
    await at(31);
    await release(shop, '5.0');
    await at(33);
    await shop.sync('qa');
    // is reverted by hand
    await at(40);
    await release(shop, '6.0');
    await at(41);
    await shop.sync('qa');
    await at(45);
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('qa');
    await shop.sync('qa');
    // and there is a hotfix
    await at(50);
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '5.0', replicas: 2, level: 'debug' }) }, { as: 'bob', message: 'calm it down' });
    await shop.sync('qa');
    await at(60);
  }, 600_000);

  it('has what became live: 2.0, 4.0, 5.0 and 6.0, in two and a half days', async () => {
    const { deployments } = (await read()).total;
    expect(deployments).toEqual({ count: 4, perDay: expect.closeTo(1.6, 1) });
  });

  it('has lead times of five commits: 2, 11 and 1 (3.0 came with 4.0), 2, and 1 hours', async () => {
    const { leadTime } = (await read()).total;
    expect({ ...leadTime, medianSeconds: inHours(leadTime.medianSeconds) }).toEqual({ changes: 5, unmeasured: 0, medianSeconds: 2, p90Seconds: null, reason: expect.stringContaining('fewer than 10') });
    expect((await read({ from: time(20), to: time(22) })).total.leadTime).toMatchObject({ changes: 2 });
  });

  it('has three failures of five: 3.0 was degraded, 4.0 was fixed forward while it was red, 6.0 was reverted by hand', async () => {
    expect((await read()).total.changeFailure).toEqual({ rate: 0.6, failed: 3, attempts: 5 });
    const failed = await Promise.all([2, 11, 21, 33, 41].map(async (hours) => (await read({ from: time(hours - 0.5), to: time(hours + 0.5) })).total.changeFailure.failed));
    expect(failed).toEqual([0, 1, 1, 0, 1]);
  });

  it('has one failure of which it is known how long it took: from degraded to healthy by the rollback, an hour', async () => {
    const { timeToRestore } = (await read()).total;
    expect({ ...timeToRestore, medianSeconds: inHours(timeToRestore.medianSeconds) }).toMatchObject({ restored: 1, open: 0, unknown: 2, medianSeconds: 1 });
  });

  it('has the hotfix as a direct change, and nothing of what did not go there', async () => {
    expect((await read()).total.directChanges).toBe(1);
    const { lines } = await read({ by: 'application' });
    expect(lines.map(({ application, figures }) => [application, figures.deployments.count, figures.directChanges])).toEqual([['checkout', 4, 1], ['cart', 0, 0]]);
  });

  it('says the same by day', async () => {
    const { lines } = await read({ by: 'day' });
    expect(lines.map(({ figures }) => [figures.deployments.count, figures.changeFailure.failed]).slice(0, 3)).toEqual([[2, 2], [2, 1], [0, 0]]);
  });

  it('says that nothing is known of what becomes live in dev but that it was pushed', async () => {
    const { lines } = await read({ environment: environmentName('dev') });
    expect(lines).toMatchObject([{ environment: 'dev', figures: { deployments: { count: null, perDay: null }, directChanges: 5 } }]);
  });

  it('is after a rebuild what git says: what was merged and not undone, and since when the record is whole', async () => {
    await world().loseDatabase();
    await shop.rebuild();
    await shop.sync('qa');
    const { record, total } = await read();
    expect(record.wholeSince).toBeGreaterThanOrEqual(monday + 60 * HOUR);
    expect(record.message).toContain('made again from git');
    expect(total).toMatchObject({ deployments: { count: expect.any(Number), perDay: null }, leadTime: { medianSeconds: null, changes: 0 }, changeFailure: { rate: null, attempts: 0 }, timeToRestore: { restored: 0 } });
    expect(total.deployments.count).toBeGreaterThanOrEqual(3);
  });
});
