import { personName } from '@sluice/kernel';
import { DecidePromotion, ReadWhy } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const PROD = `      gates:
        - { name: unit, type: check, context: ci/test }
        - { name: qa-healthy, type: health, soak: 1h }
        - { name: board, type: manual }
      approvals: { required: 1, from: [group:release-managers] }
      windows: [{ deny: "Fri 15:00-Mon 08:00", timezone: Europe/Berlin }]`;
const SATURDAY = '2026-01-10T12:00:00Z';

describeWorlds('an operator who asks why something does not move', (world) => {
  beforeEach(() => world().setClock(SATURDAY));

  /** checkout 2.0 waits in front of prod for everything at once. */
  async function waiting(): Promise<Shop> {
    const shop = await world().repository(branches({ prod: PROD }));
    await release(shop, '2.0');
    return shop;
  }
  const waitsFor = async (shop: Shop) => (await shop.why('checkout', 'prod')).flatMap(({ verdicts }) => verdicts.filter(({ outcome }) => outcome !== 'pass').map(({ gate }) => gate));

  it('is told everything that it waits for: since when, until when, and who can clear it', async () => {
    const shop = await waiting();
    const items = await shop.why('checkout', 'prod');
    expect(items).toMatchObject([{ environment: 'prod', message: expect.stringContaining('waits for'), verdicts: [{ gate: 'unit' }, { gate: 'qa-healthy' }, { gate: 'board' }, { gate: 'approvals' }, { gate: 'windows', until: Date.parse('2026-01-12T07:00:00Z') }] }]);
    for (const verdict of items[0]?.verdicts ?? []) expect(verdict).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/./), since: expect.any(Number), clearedBy: expect.stringMatching(/./) });
  });

  it('sees one after the other go, until it is live', async () => {
    const shop = await waiting();
    const { candidate } = (await shop.current('checkout', 'prod'))!;
    await world().forge.statuses.set(shop.id, candidate.source, [{ context: 'ci/test', state: 'success', description: '', by: 'ci' }]);
    await shop.settle();
    expect(await waitsFor(shop)).toEqual(['qa-healthy', 'board', 'approvals', 'windows']);
    await shop.approve('checkout', 'prod', 'grace');
    expect(await waitsFor(shop)).toEqual(['qa-healthy', 'board', 'windows']);
    await shop.sync('qa');
    await world().setClock('2026-01-12T08:30:00Z');
    await shop.sync('qa');
    expect(await waitsFor(shop)).toEqual(['board']);
    const open = (await shop.current('checkout', 'prod'))!;
    await new DecidePromotion(world().ports).clear({ repository: shop.id, promotion: open.id, digest: open.candidate.digest, person: personName('grace'), gate: 'board', reason: 'the board agrees', door: 'api' });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 4, registry: 'registry.prod.example.org' }));
    expect(await waitsFor(shop)).toEqual(['rollout']);
    await shop.sync('prod');
    expect(await waitsFor(shop)).toEqual([]);
  });

  it('is told that what has nothing to wait for is in sync, and nothing of it when asking for all', async () => {
    const shop = await waiting();
    expect(await shop.why('cart', 'prod')).toMatchObject([{ condition: 'in-sync', verdicts: [] }]);
    const everything = await new ReadWhy(world().ports, world().ports.clock).run({ repository: shop.id });
    expect(everything.items.filter(({ application }) => application === 'cart')).toEqual([]);
  });
});
