import { NotFound, applicationName, environmentName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import type { PlanItem } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const GATED = '      merge: manual';

describeWorlds('a plan before anything is on the forge', (world) => {
  async function plan(shop: Shop, revision?: string): Promise<Readonly<Record<string, PlanItem>>> {
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, application: applicationName('checkout'), ...(revision !== undefined && { revision }) });
    return Object.fromEntries(items.map((item) => [item.environment, item]));
  }

  const tagOf = (item: PlanItem | undefined): string | undefined => item?.changes.flatMap((change) => (change.change === 'modified' ? change.fields.map((field) => field.after ?? '') : []))[0]?.replaceAll('"', '');

  /** All three have 1.0, with a record of it; promotions wait for a person. */
  const begun = (): Promise<Shop> => world().repository(branches({ qa: GATED, prod: GATED }));

  async function settled(shop: Shop): Promise<Shop> {
    await shop.settle();
    return shop;
  }

  const released = (shop: Shop, tag: string): Promise<string> => shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }) });

  it('of nothing in particular says what each environment would get of what its source has now', async () => {
    const shop = await settled(await begun());
    await released(shop, '2.0');
    const { qa, prod } = await plan(shop);
    expect([qa?.outcome, tagOf(qa), prod?.outcome]).toEqual(['change', 'registry.example.org/shop/checkout:2.0', 'in-sync']);
  });

  it('of an environment’s branch follows it: prod would get what qa would have then', async () => {
    const shop = await settled(await begun());
    await released(shop, '2.0');
    const { qa, prod } = await plan(shop, 'dev');
    expect([qa?.outcome, tagOf(qa), qa?.after]).toEqual(['change', 'registry.example.org/shop/checkout:2.0', undefined]);
    // composed on what prod owns, and without a digest: the commit of qa is not made yet
    expect([prod?.outcome, tagOf(prod), prod?.after, prod?.digest, prod?.source]).toEqual(['change', 'registry.prod.example.org/checkout:2.0', 'qa', undefined, undefined]);
  });

  it('is what comes', async () => {
    const shop = await settled(await world().repository(branches()));
    await released(shop, '2.0');
    const expected = await plan(shop, 'dev');
    await shop.settle();
    expect([expected['qa']?.outcome, expected['prod']?.outcome]).toEqual(['change', 'change']);
    expect(await shop.file('prod', CHECKOUT)).toContain('registry.prod.example.org/checkout:2.0');
    expect((await shop.promotions('checkout', 'qa'))[0]?.candidate.digest).toBe(expected['qa']?.digest);
    const after = await plan(shop, 'dev');
    expect([after['qa']?.outcome, after['prod']?.outcome]).toEqual(['in-sync', 'in-sync']);
  });

  it('of a commit that only another branch has takes it as the first environment’s content', async () => {
    const shop = await settled(await begun());
    await shop.checkout('dev');
    await shop.git('push', '--quiet', 'forge', 'dev:refs/heads/feature');
    const commit = await shop.commit('feature', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    for (const revision of ['feature', commit]) {
      const { qa, prod } = await plan(shop, revision);
      expect([tagOf(qa), tagOf(prod)]).toEqual(['registry.example.org/shop/checkout:3.0', 'registry.prod.example.org/checkout:3.0']);
    }
  });

  it('of a middle environment leaves those before it to their own source', async () => {
    const shop = await settled(await begun());
    await released(shop, '2.0');
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '1.1', replicas: 2 }) });
    const { qa, prod } = await plan(shop, 'qa');
    expect([qa?.outcome, qa?.after]).toEqual(['conflict', undefined]);
    expect([prod?.outcome, tagOf(prod), prod?.after]).toEqual(['change', 'registry.prod.example.org/checkout:1.1', undefined]);
  });

  it('of a commit that an environment has gone past says so', async () => {
    const shop = await settled(await world().repository(branches()));
    const old = await released(shop, '2.0');
    await released(shop, '2.1');
    await shop.settle();
    const { qa, prod } = await plan(shop, old);
    expect([qa?.outcome, prod?.outcome]).toEqual(['in-sync', 'in-sync']);
  });

  it('ends where it would be stuck', async () => {
    const shop = await settled(await begun());
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '1.1', replicas: 2 }) });
    await released(shop, '2.0');
    const { qa, prod } = await plan(shop, 'dev');
    expect([qa?.outcome, prod?.outcome, prod?.message]).toEqual(['conflict', 'blocked', expect.stringMatching(/^it would not come to qa: /)]);
  });

  it('of one environment further down counts from all before it', async () => {
    const shop = await settled(await begun());
    await released(shop, '2.0');
    const [only, ...others] = await new PlanPromotions(world().ports).run({ repository: shop.id, revision: 'dev', application: applicationName('checkout'), environment: environmentName('prod') });
    expect([only?.environment, only?.after, tagOf(only), others.length]).toEqual(['prod', 'qa', 'registry.prod.example.org/checkout:2.0', 0]);
  });

  it.each([
    ['nothing', /there is no branch "nothing": give a branch of the repository, or a commit by its full name/],
    ['a'.repeat(40), /a{40}/],
    ['HEAD', /there is no branch "HEAD"/],
    ['--output=x', /there is no branch/],
  ])('of a revision that does not exist (%s) is refused', async (revision, message) => {
    const shop = await begun();
    const planning = plan(shop, revision);
    await expect(planning).rejects.toThrow(NotFound);
    await expect(planning).rejects.toThrow(message);
  });
});
