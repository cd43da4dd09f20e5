import { CART, branches, deployment } from '../shop.fixture.js';
import { describeWorlds } from '../describe-worlds.fixture.js';
import type { Shop } from '../world.fixture.js';

const IN_PROD = deployment('cart', { tag: '2.0', replicas: 4, registry: 'registry.prod.example.org' });

// Design, "Lifecycle": nothing waits in silence, and what somebody undoes does not come back by itself.
describeWorlds('a target that somebody sets back by force', (world) => {
  async function setBack(): Promise<Shop> {
    const shop = await world().repository(branches());
    const before = await shop.head('prod');
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(IN_PROD);
    await shop.checkout('prod');
    await shop.git('reset', '--quiet', '--hard', before);
    await shop.push('prod', '--force');
    await shop.settle();
    return shop;
  }

  it('stays as it is, and says how what was taken off it comes again', async () => {
    const shop = await setBack();
    const head = await shop.head('prod');
    await shop.settle();
    expect(await shop.head('prod')).toBe(head);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringMatching(/^the merge \w{10} was taken off branch prod by force; offered again when/) });
    expect((await shop.why('cart', 'prod')).map(({ condition }) => condition)).toEqual(['closed']);
    expect((await shop.promotions('cart', 'prod'))[0]).toMatchObject({ state: 'rolled-back', timeline: expect.arrayContaining([expect.objectContaining({ what: 'taken back' })]) });
  });

  it('gets it again when a person asks, as a new attempt', async () => {
    const shop = await setBack();
    await shop.promote('cart', 'prod');
    expect(await shop.file('prod', CART)).toBe(IN_PROD);
    expect((await shop.promotions('cart', 'prod'))[0]?.attempt).toBeGreaterThan(0);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'in-sync' });
  });

  it('gets it with the next change', async () => {
    const shop = await setBack();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(deployment('cart', { tag: '2.0', level: 'debug', replicas: 4, registry: 'registry.prod.example.org' }));
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'in-sync' });
  });

  it('has a record that was lost with it made again', async () => {
    const shop = await world().repository(branches());
    await shop.checkout('prod');
    const root = await shop.git('rev-list', '--max-parents=0', 'HEAD');
    await shop.git('reset', '--quiet', '--hard', root);
    await shop.push('prod', '--force');
    await shop.settle();
    for (const name of ['checkout', 'cart']) {
      expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'in-sync' });
      expect(await shop.file('prod', `.sluice/prod/${name}.yaml`)).toBeDefined();
    }
  });
});
