import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { MANUAL } from './database.fixture.js';

/** The pipeline file with these paths for each application. */
function pipelineWith(applications: Readonly<Record<string, readonly string[]>>, environments: { readonly qa?: string; readonly prod?: string } = {}): string {
  const text = branches(environments)['main']?.['sluice.yaml'] ?? '';
  const lines = Object.entries(applications).map(([name, paths]) => `    - { name: ${name}, paths: ${JSON.stringify(paths)} }`);
  return text.replace(/ {2}applications:\n(?: {4}- .*\n)*/, `  applications:\n${lines.join('\n')}\n`);
}

describeInEveryWay('a path that moves from one application to another', (world, way) => {
  const SHARED = 'apps/checkout/shared.yaml';
  const shared = (value: string): string => `kind: ConfigMap\nmetadata: { name: shared }\ndata: { value: ${value} }\n`;
  const MOVED = { checkout: ['apps/checkout/deployment.yaml'], cart: ['apps/cart/**', SHARED] };

  async function withShared(environments: { readonly qa?: string; readonly prod?: string } = {}): Promise<Shop> {
    const shop = await world().repository(branches(environments), way);
    await shop.commit('dev', { [SHARED]: shared('one') });
    await shop.settle();
    return shop;
  }

  it('is only recorded where it is the same', async () => {
    const shop = await withShared();
    await shop.commit('main', { 'sluice.yaml': pipelineWith(MOVED) });
    await shop.settle();
    for (const target of ['qa', 'prod']) {
      for (const application of ['checkout', 'cart']) {
        expect((await shop.promotions(application, target))[0]?.candidate.kind).toBe('record-only');
        expect(await shop.lane(application, target)).toMatchObject({ condition: 'in-sync' });
      }
      expect(await shop.file(target, SHARED)).toBe(shared('one'));
      expect(await shop.file(target, `.sluice/${target}/cart.yaml`)).toContain(SHARED);
    }
  });

  it('brings what the one that had it had not brought yet, and nothing else', async () => {
    const shop = await withShared({ qa: MANUAL });
    // cart has been promoted past the commit that checkout still waits with
    await shop.commit('dev', { [SHARED]: shared('two') });
    await shop.settle();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    const cart = await shop.current('cart', 'qa');
    await shop.mergeOnForge(cart!.change!.number, cart!.candidate.head);
    await shop.settle();
    await shop.commit('main', { 'sluice.yaml': pipelineWith(MOVED) });
    await shop.settle();
    expect(await shop.file('qa', SHARED)).toBe(shared('two'));
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '2.0', replicas: 2 }));
    expect((await shop.promotions('cart', 'qa'))[0]?.candidate).toMatchObject({ kind: 'change', changedPaths: [SHARED] });
    expect((await shop.requests()).filter(({ sourceBranch }) => sourceBranch.startsWith('sluice/backflow/'))).toEqual([]);
    for (const application of ['checkout', 'cart']) expect(await shop.lane(application, 'qa')).toMatchObject({ condition: 'in-sync' });
  });

  way.once('to a new application is no adoption, and a hotfix in it stays', async () => {
    const shop = await withShared();
    await shop.commit('qa', { [SHARED]: `${shared('one')}# qa only\n` }, { as: 'bob' });
    await shop.settle();
    await shop.commit('main', { 'sluice.yaml': pipelineWith({ checkout: ['apps/checkout/deployment.yaml'], cart: ['apps/cart/**'], base: [SHARED] }) });
    await shop.settle();
    expect((await shop.promotions('base', 'qa')).map(({ candidate }) => candidate.kind)).toEqual(['record-only']);
    await shop.commit('dev', { [SHARED]: shared('three') });
    await shop.settle();
    expect(await shop.file('qa', SHARED)).toBe(`${shared('three')}# qa only\n`);
    expect(await shop.file('prod', SHARED)).toContain('three');
  });

  way.once('comes back to where it was before', async () => {
    const shop = await withShared();
    const before = pipelineWith({ checkout: ['apps/checkout/**'], cart: ['apps/cart/**'] });
    await shop.commit('main', { 'sluice.yaml': pipelineWith(MOVED) });
    await shop.settle();
    await shop.commit('dev', { [SHARED]: shared('two') });
    await shop.settle();
    await shop.commit('main', { 'sluice.yaml': before });
    await shop.settle();
    await shop.commit('dev', { [SHARED]: shared('three'), [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', SHARED)).toBe(shared('three'));
    for (const application of ['checkout', 'cart']) expect(await shop.lane(application, 'prod')).toMatchObject({ condition: 'in-sync' });
  });
});
