import { describeWorlds } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import type { PipelineFields } from '../shop.fixture.js';
import { expectStable } from '../stable.fixture.js';
import type { Shop } from '../world.fixture.js';

const ALL = ['checkout', 'cart', 'base'];
const LONG = 60_000;
const at = (application: string): string => `apps/${application}/shared.yaml`;
const map = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shared }\ndata: { a: ${value} }\n`;

/** How many copies each commit of a branch has. */
async function copiesIn(shop: Shop, branch: string): Promise<ReadonlySet<number>> {
  await shop.git('fetch', '--quiet', '--prune', 'forge');
  const counts = new Set<number>();
  for (const commit of (await shop.git('rev-list', '--first-parent', `forge/${branch}`)).split('\n')) {
    const found = await shop.git('grep', '-l', '-e', 'name: shared', commit, '--', 'apps').catch(() => '');
    counts.add(found.split('\n').filter((line) => line !== '').length);
  }
  return counts;
}

// Design, "Compose", 7: never zero and never two copies in the target.
describeWorlds('an object that moves to a second application and on to a third', (world) => {
  async function withShared(fields: PipelineFields = {}): Promise<Shop> {
    const files = branches({ ...fields, applications: ALL });
    const own = Object.entries(files).map(([branch, texts]) => [branch, branch === 'main' ? texts : { ...texts, 'apps/base/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n', [at('checkout')]: map('one') }]);
    return world().repository(Object.fromEntries(own));
  }

  it.each(['wait', 'update'])('arrives once, whatever was open in between (onNewSource: %s)', async (onNewSource) => {
    const shop = await withShared({ qa: `      merge: manual\n      onNewSource: ${onNewSource}` });
    await shop.commit('dev', { [at('checkout')]: null, [at('cart')]: map('two') });
    await shop.settle();
    const first = await shop.current('checkout', 'qa');
    await shop.commit('dev', { [at('cart')]: null, [at('base')]: map('three') });
    await shop.settle();
    expect((await shop.current('checkout', 'qa'))?.id === first?.id).toBe(onNewSource === 'wait');
    await expectStable(shop, ALL);
    for (let open = await shop.current('checkout', 'qa') ?? await shop.current('cart', 'qa'); open; open = await shop.current('checkout', 'qa') ?? await shop.current('cart', 'qa')) {
      expect(await shop.mergeOnForge(open.change!.number, open.candidate.head)).toBe('merged');
      await shop.settle();
    }
    for (const branch of ['qa', 'prod']) expect(await copiesIn(shop, branch)).toEqual(new Set([1]));
    expect(await shop.file('prod', at('base'))).toBe(map('three'));
    expect((await shop.requests()).filter(({ state }) => state === 'open')).toEqual([]);
    await expectStable(shop, ALL);
  }, LONG);

  it('is held where the first step was rolled back, and comes whole when a person promotes it', async () => {
    const shop = await withShared();
    await shop.commit('dev', { [at('checkout')]: null, [at('cart')]: map('two') });
    await shop.settle();
    await shop.rollBack('cart', 'prod');
    await shop.commit('dev', { [at('cart')]: null, [at('base')]: map('three') });
    await shop.settle();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
    for (const name of ['cart', 'base']) expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'waiting', goesWith: 'checkout' });
    await expectStable(shop, ALL);
    await shop.promote('base', 'prod');
    expect(await shop.file('prod', at('base'))).toBe(map('three'));
    expect(await copiesIn(shop, 'prod')).toEqual(new Set([1]));
    await expectStable(shop, ALL);
  }, LONG);
});
