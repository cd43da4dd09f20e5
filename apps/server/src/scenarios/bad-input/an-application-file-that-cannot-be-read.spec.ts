import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { BESIDE, BOMB, MIB, cartArrived } from './beside.fixture.js';

describeWorlds('in the files of an application,', (world) => {
  it.each([
    ['a manifest that does not parse', 'kind: Deployment\n  bad: [\n', { reason: 'unparsable', line: expect.any(Number), column: expect.any(Number) }],
    ['an alias bomb', BOMB, { reason: 'limit', message: expect.stringMatching(/alias|expand|nodes/) }],
    ['a file of 50 MB', Buffer.alloc(50 * MIB, 'x: 1\n').toString('latin1'), { reason: 'limit', message: expect.stringContaining("keep large files out of the environments' branches") }],
  ])('%s blocks its application at that path, with nothing half done, and no other', async (_, text, conflict) => {
    const shop = await world().repository(branches());
    const before = await shop.file('qa', '.sluice/qa/checkout.yaml');
    await shop.commit('dev', { [CHECKOUT]: text, 'apps/checkout/beside.yaml': 'a: 1\n', ...BESIDE });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'conflicted', conflicts: [{ path: CHECKOUT, ...conflict }] });
    expect([await shop.file('qa', CHECKOUT), await shop.file('qa', 'apps/checkout/beside.yaml'), await shop.file('qa', '.sluice/qa/checkout.yaml')]).toEqual([deployment('checkout', { replicas: 2 }), undefined, before]);
    expect(await shop.current('checkout', 'qa')).toBeUndefined();
    await cartArrived(shop);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
  });

  it('a link out of the tree is never followed here, and the agent that refuses it stops its application and no other', async () => {
    const gated = '      gates: [{ name: dev-healthy, type: health, soak: 0s }]';
    const shop = await world().repository(branches({ qa: gated }));
    await shop.sync('dev');
    const commit = await shop.commit('dev', { 'apps/checkout/link': { link: '/etc/passwd' }, ...BESIDE });
    await shop.settle();
    await shop.report('dev', commit, 'Failed', [{ path: 'apps/checkout/link', message: 'is a symbolic link' }]);
    await shop.settle();
    const current = await shop.current('checkout', 'qa');
    expect(current).toMatchObject({ state: 'open', verdicts: [{ gate: 'dev-healthy', outcome: 'fail', message: expect.stringContaining('apps/checkout/link: is a symbolic link') }] });
    expect((await shop.requests()).map(({ body }) => body).join()).not.toContain('root:');
    await cartArrived(shop);
  });
});
