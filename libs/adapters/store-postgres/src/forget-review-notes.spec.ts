import { describeCombinations, type Services } from '@sluice/testing';
import { openStore } from './opened-store.fixture.js';

const DAY = 86_400_000;

describeCombinations('what was noted about reviews', (combination) => {
  let services: Services;
  let opened: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    services = await combination.start();
    opened = await openStore(services, { retention: { reviewNotes: 90 * DAY } });
  }, 120_000);
  afterAll(async () => {
    await opened?.close();
    await services?.stop();
  });

  async function promotion(id: string, { state, days, application = id, request = 1 }: { readonly state: string; readonly days: number; readonly application?: string; readonly request?: number }): Promise<void> {
    const values = ['shop', id, application, 'prod', state, new Date(Date.now() - days * DAY), 1, JSON.stringify({ change: { number: request } })];
    await opened.pool.query('insert into sluice.promotions (repository, id, application, target, state, created_at, version, document) values ($1, $2, $3, $4, $5, $6, $7, $8)', values);
  }

  it('is forgotten when its promotion is long over, and nothing else is', async () => {
    await promotion('young', { state: 'live', days: 89 });
    await promotion('waits-still', { state: 'open', days: 400 });
    await promotion('over', { state: 'live', days: 91 });
    await promotion('replaced', { state: 'superseded', days: 200, application: 'checkout', request: 7 });
    await promotion('its-successor', { state: 'open', days: 1, application: 'checkout', request: 7 });
    await promotion('replaced-long-ago', { state: 'superseded', days: 200, application: 'web', request: 8 });
    await promotion('of-another-request', { state: 'open', days: 1, application: 'web', request: 9 });
    const kept = ['written-review:shop:young:grace:approved', 'ignored-review:shop:waits-still:11', 'kept-review:shop:replaced:12', 'counted-review:shop:young:grace', 'notifications-cursor', 'own-commit:shop:over'];
    const forgotten = ['written-review:shop:over:grace:approved', 'ignored-review:shop:over:13', 'kept-review:shop:replaced-long-ago:14', 'kept-review:gone:young:15', 'counted-review:shop:over:grace', 'ignored-review:shop:16'];
    const { settings, maintenance } = opened.store;
    for (const key of [...kept, ...forgotten]) await settings.put(key, 'noted');
    const report = await maintenance.run();
    expect(await Promise.all(kept.map((key) => settings.get(key)))).toEqual(kept.map(() => 'noted'));
    expect(await Promise.all(forgotten.map((key) => settings.get(key)))).toEqual(forgotten.map(() => undefined));
    expect(report.reviewNotes).toBe(forgotten.length);
  });
});
