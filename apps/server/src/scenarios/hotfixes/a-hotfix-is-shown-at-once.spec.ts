import { ReadMatrix, UnownedPaths } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { SETTINGS, dev, hotfixSteps, returning, settings } from './returned.fixture.js';

describeWorlds('what somebody changes on prod', (world) => {
  const { fixedOnProd, promoted, backflow } = hotfixSteps(world);

  it('is shown in why and in the matrix: which object and field, by whom, since when, and how it ends', async () => {
    const shop = await fixedOnProd();
    const item = (await shop.why('checkout', 'prod')).find(({ condition }) => condition === 'target-only');
    expect(item).toMatchObject({ application: 'checkout', environment: 'prod', verdicts: [{ gate: 'target-only', outcome: 'wait', evidence: { author: 'bob', commit: await shop.head('prod'), subject: 'calm it down' } }] });
    expect(item?.verdicts[0]?.message).toMatch(/LOG_LEVEL.*: changed on prod by bob in [0-9a-f]{10} \(calm it down\), and not by promotion/);
    expect(item?.verdicts[0]?.clearedBy).toContain('sluice/backflow/dev/checkout/prod');
    const matrix = await new ReadMatrix({ ...world().ports, unownedPaths: new UnownedPaths(world().ports.mirrors) }, world().ports.clock).run(shop.id);
    expect(matrix.cells.flatMap(({ environment, application, targetOnly }) => (targetOnly === undefined ? [] : [[environment, application, targetOnly]]))).toEqual([['prod', 'checkout', 1]]);
  });

  it('is no hotfix where the environment owns it', async () => {
    const shop = await promoted();
    await shop.commit('prod', { [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 9, registry: 'other.example.org' }), 'apps/checkout/env/prod.yaml': 'a: 1\n' });
    await shop.settle();
    expect(await backflow(shop)).toEqual([]);
  });

  it('is none either when it was merged from the source by hand', async () => {
    const shop = await promoted({ qa: '      merge: manual', owned: '    - { path: "**/env/**" }' });
    await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0', level: 'debug' }) });
    await shop.checkout('qa');
    await shop.gitAs('bob', 'merge', '--quiet', '--no-ff', '--allow-unrelated-histories', '-X', 'theirs', '-m', 'by hand', 'forge/dev');
    await shop.push('qa');
    await shop.settle();
    expect((await backflow(shop)).filter(({ environment }) => environment === 'qa')).toEqual([]);
  });

  it('in two environments is returned by two requests', async () => {
    const shop = await fixedOnProd();
    await shop.commit('qa', { [SETTINGS]: settings('red') }, { as: 'eve' });
    await shop.settle();
    expect(await returning(shop, 'qa')).toMatchObject([{ state: 'open', targetBranch: 'dev' }]);
    expect(await returning(shop)).toMatchObject([{ state: 'open' }]);
  });
});
