import { clusterName, environmentName } from '@sluice/kernel';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Files } from '../work-tree.fixture.js';
import type { Shop } from '../world.fixture.js';

const GATED = '      gates: [{ name: dev-healthy, type: health, soak: 0s }]';

describeBothWorlds('what is healthy', (world) => {
  const configure = (shop: Shop, pipeline: Files | undefined) => shop.commit('main', pipeline ?? {});

  const livenessOf = async (shop: Shop, application: string) =>
    (await world().ports.clusters.liveness(shop.id, environmentName('dev'))).find((entry) => entry.application === application);

  const receivedAt = async (shop: Shop) => (await world().ports.clusters.get(clusterName(`${shop.id}-dev`)))?.report?.receivedAt;

  /** cart is in dev and its agent has reported it, but the pipeline knows only checkout, and qa has no cart. */
  async function withoutCart(health: 'Current' | 'Failed' = 'Current'): Promise<Shop> {
    const start = branches({ applications: ['checkout'], qa: GATED });
    const shop = await world().repository({ ...start, qa: { ...start['qa'], [CART]: null } });
    await shop.sync('dev', health);
    expect(await livenessOf(shop, 'cart')).toBeUndefined();
    return shop;
  }

  it('is known of an application that is added later, from the report that the agent made before: it soaks from there', async () => {
    const shop = await withoutCart();
    await configure(shop, branches({ qa: GATED })['main']);
    await shop.settle();
    expect(await livenessOf(shop, 'cart')).toMatchObject({ status: 'Current', healthySince: await receivedAt(shop) });
    expect(await shop.file('qa', CART)).toBe(deployment('cart'));
  });

  it('is not claimed of an application that is added later, when its cluster had reported that it fails', async () => {
    const shop = await withoutCart('Failed');
    await configure(shop, branches({ qa: GATED })['main']);
    await shop.settle();
    expect(await livenessOf(shop, 'cart')).toMatchObject({ status: 'Failed' });
    expect(await shop.current('cart', 'qa')).toMatchObject({ state: 'open', verdicts: [{ gate: 'dev-healthy', outcome: 'fail' }] });
    expect(await shop.file('qa', CART)).toBeUndefined();
  });

  it('is known of what an application owns now, after its paths have changed, without another report', async () => {
    const pipeline = branches({ qa: GATED })['main']?.['sluice.yaml'] ?? '';
    const shop = await world().repository(branches({ qa: GATED }));
    const added = await shop.commit('dev', { 'extra/checkout.yaml': 'a: 1\n' });
    await shop.sync('dev');
    expect((await livenessOf(shop, 'checkout'))?.content).not.toBe(added);
    await configure(shop, { 'sluice.yaml': pipeline.replace('["apps/checkout/**"]', '["apps/checkout/**", "extra/**"]') });
    await shop.settle();
    expect(await livenessOf(shop, 'checkout')).toMatchObject({ content: added, healthySince: await receivedAt(shop) });
    expect(await shop.file('qa', 'extra/checkout.yaml')).toBe('a: 1\n');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
  });

  it('is known of a commit that the agent reported before it was read here', async () => {
    const shop = await world().repository(branches({ qa: GATED }));
    await shop.sync('dev');
    const pushed = await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.report('dev', pushed);
    expect((await livenessOf(shop, 'checkout'))?.content).not.toBe(pushed);
    await shop.settle();
    expect(await livenessOf(shop, 'checkout')).toMatchObject({ content: pushed, status: 'Current' });
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
  });
});
