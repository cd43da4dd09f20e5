import { applicationName, environmentName, personName } from '@sluice/kernel';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { both, prodImage, setSteps } from './set.fixture.js';

const HEALTHY = '      gates:\n        - { name: qa-healthy, type: health }';

describeWorlds('a release set of which not all is ready', (world) => {
  const { repository } = setSteps(world);

  it('is stopped by a freeze of one of them', async () => {
    const shop = await repository();
    await world().ports.freezes.add({ id: `freeze-${shop.id}`, repository: shop.id, environment: environmentName('prod'), application: applicationName('cart'), reason: 'stocktaking', by: personName('grace'), at: world().ports.clock() });
    await shop.commit('dev', { [CHECKOUT]: both[CHECKOUT] });
    await shop.settle();
    expect((await shop.current('checkout', 'prod'))?.verdicts).toContainEqual(expect.objectContaining({ gate: 'freeze', outcome: 'wait', message: expect.stringContaining('stocktaking') }));
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
  });

  it('waits for the health of each of them in the source', async () => {
    const shop = await repository({ prod: HEALTHY });
    await shop.commit('dev', both);
    await shop.sync('qa', 'Failed');
    const verdict = (await shop.current('checkout', 'prod'))?.verdicts.find(({ gate }) => gate === 'qa-healthy');
    expect(verdict).toMatchObject({ outcome: 'fail', evidence: { checkout: 'fail', cart: 'fail' } });
    await shop.sync('qa');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '2.0'));
  });

  it('waits while one of them is held, and names it', async () => {
    const shop = await repository();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('prod');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('prod');
    await shop.settle();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held', message: expect.stringMatching(/^cart: .* was undone on prod by/) });
    expect((await shop.why('cart', 'prod')).map(({ message }) => message)).toContainEqual(expect.stringContaining('was undone on prod by'));
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
    await shop.promote('cart', 'prod');
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '3.0'));
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
  });

  it('waits while one of them conflicts, and lands whole when that is resolved on its branch', async () => {
    const shop = await repository();
    await shop.commit('prod', { [CART]: deployment('cart', { tag: '1.0', level: 'warn', replicas: 4, registry: 'registry.prod.example.org' }) }, { as: 'bob' });
    await shop.settle();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    const lane = await shop.lane('checkout', 'prod');
    expect(lane).toMatchObject({ condition: 'conflicted', conflicts: [{ path: CART }] });
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
    const branch = 'sluice/promote/prod/checkout';
    await shop.commit(branch, { [CART]: deployment('cart', { tag: '2.0', level: 'error', replicas: 4, registry: 'registry.prod.example.org' }) }, { as: 'bob' });
    await shop.settle();
    expect(await shop.file('prod', CART)).toContain('value: error');
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '2.0'));
  });
});
