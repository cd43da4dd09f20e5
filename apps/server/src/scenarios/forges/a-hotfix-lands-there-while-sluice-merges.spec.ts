import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { describeForges, EVERY_FORGE } from './describe-forges.fixture.js';
import { inProd, waiting } from './promoted.fixture.js';
import type { RemoteShop } from './remote-shop.fixture.js';

/** Somebody pushes to prod after Sluice has asked git for it, and before the forge merges. */
function hotfixDuringMerge(there: RemoteShop, files: Readonly<Record<string, string>>): void {
  const happens = () => there.there.commit({ branch: 'prod', files, message: 'Hotfix' }, there.double.accounts.add('bob'));
  there.double.faults.inject({ fault: { kind: 'meanwhile', happens }, of: ({ method, path }) => method !== 'GET' && path.endsWith('/merge'), times: 1 });
}

describeForges('a hotfix that lands on a forge in the moment in which Sluice merges there', (story) => {
  it('in the same application is not lost, and with it nothing reaches the clusters that nobody has approved', async () => {
    const there = await waiting(story);
    const before = await there.sync('prod');
    const promotion = await there.current('checkout', 'prod');
    hotfixDuringMerge(there, { 'apps/checkout/hotfix.yaml': 'a: 1\n' });
    await there.review('checkout', 'prod', 'grace');
    for (let tries = 0; tries < 2; tries += 1) await there.later('1m');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
    expect(await there.file('prod', 'apps/checkout/hotfix.yaml')).toBe('a: 1\n');
    expect(await there.sync('prod')).toBe(before);
    expect((await there.promotions('checkout', 'prod')).find(({ id }) => id === promotion?.id)?.state).toBe('tampered');
    expect(await there.current('checkout', 'prod')).toMatchObject({ state: 'open', verdicts: [expect.objectContaining({ gate: 'approvals', outcome: 'wait' })] });
    await there.review('checkout', 'prod', 'grace');
    for (let tries = 0; tries < 2; tries += 1) await there.later('1m');
    expect(await there.sync('prod')).toBe(await there.head('prod'));
    expect(await there.file('prod', 'apps/checkout/hotfix.yaml')).toBe('a: 1\n');
  });

  it('in another application changes nothing of what was approved', async () => {
    const there = await waiting(story);
    const promotion = await there.current('checkout', 'prod');
    hotfixDuringMerge(there, { [CART]: deployment('cart', { replicas: 4, registry: 'registry.prod.example.org', level: 'trace' }) });
    await there.review('checkout', 'prod', 'grace');
    for (let tries = 0; tries < 2; tries += 1) await there.later('1m');
    expect((await there.promotions('checkout', 'prod')).find(({ id }) => id === promotion?.id)?.state).not.toBe('tampered');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
    expect(await there.file('prod', CART)).toContain('trace');
  });
}, EVERY_FORGE);
