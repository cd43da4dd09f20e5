import { environmentName } from '@sluice/kernel';
import type { Notifications } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { branches } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { Telling } from './told.fixture.js';

const OPS = 'mail:ops@example.org';
const DAY = 86_400_000;
/** Of the time that the world begins with: late enough that nothing of it is over. */
let ahead = 0;

describeBothWorlds('people are told what happens', (world) => {
  let telling: Telling;
  beforeAll(async () => {
    telling = await Telling.begin(world());
    // what was before is no news
    await telling.server().run();
  });
  afterAll(() => telling.close());
  beforeEach(() => telling.forget());

  async function shopWith(rules: string, qa = ''): Promise<Shop> {
    const begun = branches({ qa, prod: '      merge: manual' });
    const main = begun['main'] ?? {};
    const shop = await world().repository({ ...begun, main: { ...main, 'sluice.yaml': `${main['sluice.yaml'] ?? ''}  notifications:\n${rules}` } });
    await release(shop, '2.0');
    await shop.sync('qa');
    await telling.server().run();
    telling.forget();
    return shop;
  }

  async function degrade(shop: Shop, version = '3.0'): Promise<void> {
    await release(shop, version);
    await shop.sync('qa', 'Failed');
  }

  async function later(milliseconds: number): Promise<void> {
    ahead += milliseconds;
    await world().setClock(new Date(Date.now() + ahead).toISOString());
  }

  it('once each, by mail and by a webhook that can be verified, however often Sluice looks', async () => {
    const shop = await shopWith(`    - { on: [degraded, recovered], environments: [qa], to: ["${OPS}", "webhook:audit"] }\n`);
    await degrade(shop);
    for (let round = 0; round < 3; round += 1) await telling.server().run();
    expect(telling.subjects()).toEqual([`[${shop.id}/qa] checkout: degraded`]);
    expect(telling.calls).toMatchObject([{ genuine: true, body: { type: 'dev.sluice.promotion.degraded', data: { event: 'degraded' } } }]);
    await shop.sync('qa');
    await telling.server().run();
    expect(telling.subjects()).toEqual([`[${shop.id}/qa] checkout: degraded`, `[${shop.id}/qa] checkout: recovered`]);
    const { items } = await telling.server().list();
    expect(JSON.stringify(items)).not.toMatch(/very-secret-path|whsec_/);
  });

  it('when something waits for them', async () => {
    const shop = await shopWith(`    - { on: [waiting-on-approval], to: ["${OPS}"] }\n`, '      approvals: { required: 1, from: ["group:release-managers"] }');
    await release(shop, '3.0');
    await telling.server().run();
    expect(telling.subjects().some((subject) => subject === `[${shop.id}/qa] checkout: waiting on approval`)).toBe(true);
  });

  it('by default of a failure that no rule is about, and where there is no default it is shown as told to nobody', async () => {
    const shop = await shopWith('    - { on: [frozen], to: ["webhook:audit"] }\n');
    await degrade(shop);
    expect((await telling.server().run()).unheard.some((text) => text.includes('degraded'))).toBe(true);
    expect((await telling.server().list()).items[0]).toMatchObject({ state: 'unheard', target: '' });
    expect((await telling.server().list()).problems[0]?.message).toContain('SLUICE_NOTIFY_DEFAULT');
    await degrade(shop, '4.0');
    expect((await telling.server({ defaultTargets: ['mail:admin@example.org'] }).run()).unheard).toEqual([]);
    expect(telling.subjects('admin@example.org')).toContain(`[${shop.id}/qa] checkout: degraded`);
  });

  it('of what the server does not have: the rule is shown, and a failure goes to the default as well', async () => {
    const shop = await shopWith('    - { on: [degraded], to: ["webhook:elsewhere"] }\n');
    expect((await telling.server().list()).problems).toContainEqual({ repository: shop.id, target: 'webhook:elsewhere', message: expect.stringContaining('sluice notify endpoint add elsewhere') as string });
    await degrade(shop);
    await telling.server({ defaultTargets: ['mail:admin@example.org'] }).run();
    expect(telling.subjects('admin@example.org')).toContain(`[${shop.id}/qa] checkout: degraded`);
    // it is told as soon as the server has it
    await telling.addEndpoint('elsewhere');
    await later(60_000);
    await telling.server().run();
    expect(telling.calls).toMatchObject([{ genuine: true, body: { data: { event: 'degraded' } } }]);
  });

  it('at least once, with the same id, when the server dies between telling and noting it', async () => {
    const shop = await shopWith('    - { on: [degraded], to: ["webhook:audit"] }\n');
    await degrade(shop);
    const { store } = world();
    const dying: Notifications = Object.assign(Object.create(store.notifications) as Notifications, { settle: () => Promise.reject(new Error('killed')) });
    await expect(telling.server({ notifications: dying }).run()).rejects.toThrow('killed');
    await telling.server({ worker: 'the next one' }).run();
    expect(telling.calls).toHaveLength(2);
    expect(new Set(telling.calls.map(({ id }) => id)).size).toBe(1);
  });

  it('by one of two servers', async () => {
    const shop = await shopWith('    - { on: [degraded], to: ["webhook:audit"] }\n');
    await degrade(shop);
    const lease = await world().ports.leases.acquire('notifications', 'another', 60_000);
    expect(await telling.server().run()).toMatchObject({ elsewhere: true });
    expect(telling.calls).toEqual([]);
    if (lease) await world().ports.leases.release(lease);
    await Promise.all([telling.server({ worker: 'one' }).run(), telling.server({ worker: 'two' }).run()]);
    await telling.server().run();
    expect(telling.calls).toHaveLength(1);
  });

  it('late, when the other side was away for an hour, and not more often for it', async () => {
    const shop = await shopWith('    - { on: [degraded], to: ["webhook:audit"] }\n');
    await degrade(shop);
    telling.answer = (response) => response.writeHead(503).end();
    for (let minute = 0; minute < 60; minute += 5) {
      await telling.server().run();
      await later(300_000);
    }
    const tries = telling.calls.length;
    expect(tries).toBeLessThan(12);
    telling.answer = (response) => response.writeHead(204).end();
    await later(3_600_000);
    await telling.server().run();
    await telling.server().run();
    expect(telling.calls).toHaveLength(tries + 1);
    expect((await telling.server().list()).items[0]).toMatchObject({ state: 'sent', attempts: tries + 1 });
  });

  it('of a dead end: after a day, once, by another way', async () => {
    const shop = await shopWith('    - { on: [degraded, recovered], to: ["webhook:audit"] }\n');
    await degrade(shop);
    await shop.sync('qa');
    telling.answer = (response) => response.writeHead(500).end();
    const server = telling.server({ defaultTargets: ['webhook:audit', 'mail:admin@example.org'] });
    await server.run();
    await later(DAY);
    for (let round = 0; round < 3; round += 1) await server.run();
    const { items } = await server.list();
    expect(items.filter(({ state, target }) => state === 'failed' && target === 'webhook:audit').length).toBeGreaterThanOrEqual(1);
    expect(telling.subjects('admin@example.org').filter((subject) => subject === 'endpoint dead')).toHaveLength(1);
  });

  it('together, when a rule says so', async () => {
    const shop = await shopWith(`    - { on: [merged, degraded], environments: [qa], to: ["${OPS}"], digest: 1h }\n`);
    await degrade(shop);
    await telling.server().run();
    expect(telling.subjects()).toEqual([]);
    await later(3_600_000);
    await telling.server().run();
    await telling.server().run();
    expect(telling.subjects()).toHaveLength(1);
    expect(telling.subjects()[0]).toMatch(/^\d+ things in Sluice: .*degraded/);
  });

  it('a thousand things in a few messages', async () => {
    const shop = await shopWith('    - { on: [frozen], to: ["mail:many@example.org"] }\n');
    await world().ports.events.append(...Array.from({ length: 1_000 }, (_, index) => ({ type: 'freeze.begun', repository: shop.id, environment: environmentName('qa'), message: `freeze ${index}` })));
    await telling.server().run();
    await later(600_000);
    await telling.server().run();
    await telling.server().run();
    expect(telling.letters.length).toBeLessThan(30);
    expect(telling.subjects('many@example.org').at(-1)).toBe('980 things in Sluice: frozen');
  });

  it('of a cluster of which nothing is heard, and that it is back', async () => {
    const shop = await shopWith(`    - { on: [cluster-lost, cluster-returned], to: ["${OPS}"] }\n`);
    const server = telling.server();
    await server.run();
    await later(600_000);
    await server.run();
    await server.run();
    expect(telling.subjects().filter((subject) => subject.startsWith(`[${shop.id}/qa]`))).toEqual([`[${shop.id}/qa] ${shop.id}-qa: cluster lost`]);
    await shop.sync('qa');
    await server.run();
    await server.run();
    expect(telling.subjects().filter((subject) => subject.startsWith(`[${shop.id}/qa]`))).toEqual([`[${shop.id}/qa] ${shop.id}-qa: cluster lost`, `[${shop.id}/qa] ${shop.id}-qa: cluster returned`]);
  });
});

