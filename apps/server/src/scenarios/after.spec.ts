import { applicationName, environmentName } from '@sluice/kernel';
import { PlanPromotions, ReadWhy } from '@sluice/usecases';
import { describeWorlds } from './describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { PipelineFields } from './shop.fixture.js';
import type { TextFiles } from './work-tree.fixture.js';
import type { Shop } from './world.fixture.js';

// cart comes after checkout.
describeWorlds('an application that comes after another', (world) => {
  const TWO = { tag: '2.0' };
  const MANUAL = '      merge: manual';
  const bothChange = (shop: Shop) => shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO), [CART]: deployment('cart', TWO) });
  const cartIsIn = async (shop: Shop, environment: string) => (await shop.file(environment, CART))?.includes('cart:2.0') ?? false;
  const waits = async (shop: Shop) => (await shop.current('cart', 'qa'))?.verdicts.find(({ gate }) => gate === 'after');

  function ordered(fields: PipelineFields = {}): Readonly<Record<string, TextFiles>> {
    const { main, ...rest } = branches(fields);
    return { main: { 'sluice.yaml': (main?.['sluice.yaml'] ?? '').replace('paths: ["apps/cart/**"] }', 'paths: ["apps/cart/**"], after: [checkout] }') }, ...rest };
  }

  it('goes when the other has gone, though both changed in one commit', async () => {
    const shop = await world().repository(ordered());
    await bothChange(shop);
    await shop.settle();
    const [cart] = await shop.promotions('cart', 'prod');
    const [checkout] = await shop.promotions('checkout', 'prod');
    expect([cart?.candidate.kind, await cartIsIn(shop, 'prod')]).toEqual(['change', true]);
    expect(cart?.verdicts).toMatchObject([{ gate: 'after', outcome: 'pass', message: 'checkout has nothing open here' }]);
    expect(cart!.mergedAt!).toBeGreaterThanOrEqual(checkout!.mergedAt!);
  });

  it('waits while the other has an open request in the same environment, and says what that one waits for', async () => {
    const shop = await world().repository(ordered({ qa: '      gates: [{ name: go, type: manual }]' }));
    await bothChange(shop);
    await shop.settle();
    expect(await waits(shop)).toMatchObject({ type: 'after', outcome: 'wait', message: 'checkout goes first: its promotion from dev waits for go: nobody has cleared it yet', clearedBy: 'checkout, when it is merged, closed or in sync' });
  });

  it('goes when the request of the other is merged by a person', async () => {
    const shop = await world().repository(ordered({ qa: MANUAL }));
    await bothChange(shop);
    await shop.settle();
    expect(await shop.current('cart', 'qa')).toMatchObject({ state: 'open' });
    const { change, candidate } = (await shop.current('checkout', 'qa'))!;
    await shop.mergeOnForge(change!.number, candidate.head);
    await shop.settle();
    expect(await shop.current('cart', 'qa')).toMatchObject({ state: 'ready', verdicts: [{ gate: 'after', outcome: 'pass' }] });
  });

  it('goes when the request of the other is closed', async () => {
    const shop = await world().repository(ordered({ qa: MANUAL }));
    await bothChange(shop);
    await shop.settle();
    const { change } = (await shop.current('checkout', 'qa'))!;
    await world().forge.changes.close(shop.id, change!.number, { by: 'bob' });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'closed' });
    expect(await waits(shop)).toMatchObject({ outcome: 'pass' });
  });

  it('does not wait when the other has nothing to promote', async () => {
    const shop = await world().repository(ordered());
    await shop.commit('dev', { [CART]: deployment('cart', TWO) });
    await shop.settle();
    expect(await cartIsIn(shop, 'prod')).toBe(true);
  });

  it('shows the conflict of the other as its reason, and goes when that is settled', async () => {
    const shop = await world().repository(ordered());
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2, level: 'trace' }) }, { as: 'bob' });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { level: 'debug' }), [CART]: deployment('cart', TWO) });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted' });
    expect(await waits(shop)).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/^checkout goes first: it is conflicted: .* cannot be composed onto qa/) });
    const { ports } = world();
    const { items } = await new ReadWhy(ports, ports.clock).run({ repository: shop.id, application: applicationName('cart'), environment: environmentName('qa') });
    expect(items).toMatchObject([{ message: 'waits for after', verdicts: [{ gate: 'after', message: expect.stringContaining('conflicted') }] }]);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { level: 'trace' }) });
    await shop.settle();
    expect(await cartIsIn(shop, 'qa')).toBe(true);
  });

  it('shows the hold of the other as its reason, and goes when somebody lifts it', async () => {
    const shop = await world().repository(ordered({ prod: MANUAL }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('qa');
    await shop.commit('dev', { [CART]: deployment('cart', TWO) });
    await shop.settle();
    expect(await waits(shop)).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/^checkout goes first: it is held: .* was undone on qa/) });
    await shop.promote('checkout', 'qa');
    expect(await cartIsIn(shop, 'qa')).toBe(true);
  });

  it('waits until the other has been looked at, whichever lane a worker takes first', async () => {
    const shop = await world().repository(ordered({ qa: MANUAL }));
    await bothChange(shop);
    await world().ports.wakes.wake({ kind: 'repository', repository: shop.id });
    await shop.work({ kind: 'repository', repository: shop.id });
    await shop.work({ kind: 'lane', repository: shop.id, application: applicationName('cart'), target: environmentName('qa') });
    expect(await waits(shop)).toMatchObject({ outcome: 'wait', message: 'checkout goes first: its newest content has not been looked at yet' });
    await shop.settle();
    expect(await waits(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('its promotion from dev waits for') });
  });

  it('says so in a plan and in the request', async () => {
    const shop = await world().repository(ordered({ qa: MANUAL }));
    await bothChange(shop);
    await shop.settle();
    const [item] = await new PlanPromotions(world().ports).run({ repository: shop.id, application: applicationName('cart'), environment: environmentName('qa') });
    expect(item?.gates).toMatchObject([{ gate: 'after', outcome: 'wait' }]);
    const open = (await shop.current('cart', 'qa'))!;
    const statuses = await world().forge.statuses.list(shop.id, open.candidate.head);
    expect(statuses).toContainEqual(expect.objectContaining({ context: 'sluice/after', state: 'pending' }));
    expect((await shop.requests()).find(({ number }) => number === open.change?.number)?.body).toContain('after');
  });
});
