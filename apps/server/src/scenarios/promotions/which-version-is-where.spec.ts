import { ReadMatrix, UnownedPaths } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

describeBothWorlds('the matrix of which version is where', (world) => {
  async function cell(shop: Shop, environment: string, application = 'checkout') {
    const { ports } = world();
    const { cells } = await new ReadMatrix({ ...ports, unownedPaths: new UnownedPaths(ports.mirrors) }, ports.clock).run(shop.id);
    return cells.find((candidate) => candidate.environment === environment && candidate.application === application);
  }

  it('names what was promoted by the commit that it comes from, however many steps it took', async () => {
    const shop = await world().repository(branches());
    const origin = await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await cell(shop, 'qa')).toMatchObject({ commit: await shop.head('qa'), origin });
    expect(await cell(shop, 'prod')).toMatchObject({ commit: await shop.head('prod'), origin });
  });

  it('names what was there already, and only recorded, by the commit that it was recorded from', async () => {
    const shop = await world().repository(branches());
    const origin = await shop.head('dev');
    for (const environment of ['qa', 'prod']) {
      const { commit, origin: shown } = (await cell(shop, environment, 'cart')) ?? {};
      expect([shown, commit === origin]).toEqual([origin, false]);
    }
  });

  it('has one name for a version from the beginning: every ledger names the commit in the first environment', async () => {
    const shop = await world().repository(branches());
    const origin = await shop.head('dev');
    for (const environment of ['qa', 'prod']) expect(await shop.file(environment, `.sluice/${environment}/cart.yaml`)).toContain(`origin: "${origin}"`);
  });

  it('names what somebody put there by hand by its own commit, until it is recorded', async () => {
    const shop = await world().repository(branches({ qa: '      merge: manual' }));
    const hotfix = await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2, level: 'trace' }) }, { as: 'bob' });
    await shop.settle();
    const before = await cell(shop, 'qa');
    expect([before?.commit, before?.origin]).toEqual([hotfix, undefined]);
    const returned = await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { level: 'trace' }) });
    await shop.settle();
    expect(await cell(shop, 'qa')).toMatchObject({ commit: hotfix, origin: returned });
  });

  it('names what a revert brought back by where that came from', async () => {
    const shop = await world().repository(branches());
    const first = await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    const revert = await shop.push('qa');
    await shop.settle();
    expect(await cell(shop, 'qa')).toMatchObject({ commit: revert, origin: first });
  });
});
