import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const MOVED = 'apps/checkout/workloads.yaml';

describeWorlds('an object that the target has moved to another file', (world) => {
  /** In qa somebody has moved checkout's Deployment to another file. */
  async function movedInQa(): Promise<Shop> {
    const shop = await world().repository(branches());
    await shop.commit('qa', { [CHECKOUT]: null, [MOVED]: deployment('checkout', { replicas: 2 }) }, { as: 'bob' });
    await shop.settle();
    return shop;
  }

  const copies = async (shop: Shop, branch: string): Promise<number> => {
    let count = 0;
    for (const path of [CHECKOUT, MOVED, 'apps/checkout/app.yaml']) {
      if ((await shop.file(branch, path))?.includes('name: checkout')) count += 1;
    }
    return count;
  };

  it('gets a change of the source where it is now, and that goes on to the next environment', async () => {
    const shop = await movedInQa();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('qa', MOVED)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    expect(await copies(shop, 'qa')).toBe(1);
    expect(await shop.file('prod', MOVED)).toBe(deployment('checkout', { tag: '2.0', replicas: 4, registry: 'registry.prod.example.org' }));
    expect(await copies(shop, 'prod')).toBe(1);
  });

  it('is removed there when the source removes it', async () => {
    const shop = await movedInQa();
    await shop.commit('dev', { [CHECKOUT]: null, 'apps/checkout/config.yaml': 'kind: ConfigMap\nmetadata: { name: checkout-settings }\n' });
    await shop.settle();
    expect(await copies(shop, 'qa')).toBe(0);
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
  });

  it('is there once when the source makes the same move', async () => {
    const shop = await movedInQa();
    await shop.commit('dev', { [CHECKOUT]: null, [MOVED]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('qa', MOVED)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    expect(await copies(shop, 'qa')).toBe(1);
  });

  it('is a conflict when the source moves it to yet another file, and nothing is half done', async () => {
    const shop = await movedInQa();
    const before = await shop.head('qa');
    await shop.commit('dev', { [CHECKOUT]: null, 'apps/checkout/app.yaml': deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted' });
    expect(await shop.head('qa')).toBe(before);
  });
});
