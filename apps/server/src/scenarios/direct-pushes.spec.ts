import { environmentName } from '@sluice/kernel';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const HOLD = '      directPush: hold';
const ROLES = `  roles:
    - { role: viewer, who: [person:grace] }
    - { role: promoter, who: [person:ada, person:bob] }
`;

// Design, "Lifecycle": a commit that did not come by promotion is, where the environment says so, held as unreviewed until somebody accepts or reverts it.
describeWorlds('direct pushes to an environment that holds them', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const inOneWay = (title: string, test: () => Promise<void>): void => {
      if (mergeMethod === 'squash') it(title, test);
    };
    const qaState = (shop: Shop) => world().ports.environments.state(shop.id, environmentName('qa'));
    const runs = async (shop: Shop) => (await qaState(shop))?.assigned;
    const hotfix = (level: string) => deployment('checkout', { replicas: 2, level });
    const started = (roles = ''): Promise<Shop> => {
      const files = branches({ qa: HOLD });
      const { 'sluice.yaml': config } = files['main'] ?? {};
      return world().repository({ ...files, main: { 'sluice.yaml': `${config ?? ''}${roles}` } }, { mergeMethod });
    };
    /** Bob has pushed a hotfix to qa. */
    async function pushed(roles = ''): Promise<Shop> {
      const shop = await started(roles);
      await shop.commit('qa', { [CHECKOUT]: hotfix('trace') }, { as: 'bob', message: 'hotfix by hand' });
      await shop.settle();
      return shop;
    }

    it('what comes by promotion needs nobody’s word', async () => {
      const shop = await started();
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
      await shop.settle();
      expect(await runs(shop)).toBe(await shop.head('qa'));
      expect(await qaState(shop)).toMatchObject({ unreviewed: [] });
    });

    it('reaches no agent until somebody else accepts it, and neither does what is merged after it', async () => {
      const shop = await started();
      const before = await runs(shop);
      await shop.commit('qa', { [CHECKOUT]: hotfix('trace') }, { as: 'bob', message: 'hotfix by hand' });
      await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
      await shop.settle();
      expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '2.0', replicas: 2 }));
      expect(await runs(shop)).toBe(before);
      expect((await qaState(shop))?.message).toMatch(/unreviewed, because it did not come by promotion: [0-9a-f]{10} by bob \(hotfix by hand\); `sluice accept qa`/);
      await shop.accept('qa', 'ada');
      expect(await runs(shop)).toBe(await shop.head('qa'));
      expect((await qaState(shop))?.message).toBeUndefined();
    });

    it('goes on by itself when somebody reverts it, also after a promotion in between', async () => {
      const shop = await pushed();
      const push = await shop.head('qa');
      await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
      await shop.settle();
      await shop.checkout('qa');
      await shop.git('revert', '--no-edit', push);
      await shop.push('qa');
      await shop.settle();
      expect(await runs(shop)).toBe(await shop.head('qa'));
    });

    inOneWay('why says who pushed what, and who can accept it', async () => {
      const shop = await pushed();
      const item = (await shop.why('checkout', 'qa')).find(({ condition }) => condition === 'not-assigned');
      expect(item?.verdicts).toMatchObject([{ gate: 'unreviewed', outcome: 'wait', clearedBy: expect.stringContaining('sluice accept qa'), evidence: { [await shop.head('qa')]: 'bob: hotfix by hand' } }]);
    });

    inOneWay('is not promoted on before it is accepted', async () => {
      const shop = await pushed();
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('sluice accept qa') });
      expect(await shop.file('prod', CHECKOUT)).not.toContain('trace');
      await shop.accept('qa', 'ada');
      expect(await shop.file('prod', CHECKOUT)).toContain('trace');
    });

    inOneWay('cannot be accepted by its author, nor without the right, nor when an author is nobody known', async () => {
      const shop = await pushed(ROLES);
      await expect(shop.accept('qa', 'bob')).rejects.toThrow(/author/);
      await expect(shop.accept('qa', 'grace')).rejects.toThrow(/not promoter/);
      await shop.commit('qa', { [CHECKOUT]: hotfix('warn') }, { as: 'mallory' });
      await shop.settle();
      await expect(shop.accept('qa', 'ada')).rejects.toThrow(/mallory@example.org .* belongs to nobody known/);
    });

    inOneWay('cannot pass for a promotion by a ledger of its own', async () => {
      const shop = await started();
      const before = await runs(shop);
      const ledger = await shop.file('qa', '.sluice/qa/checkout.yaml');
      await shop.commit('qa', { [CHECKOUT]: hotfix('trace'), '.sluice/qa/checkout.yaml': `${ledger ?? ''}# again\n` }, { as: 'bob' });
      await shop.settle();
      expect(await runs(shop)).toBe(before);
    });

    inOneWay('still waits after everything was read again, and what was accepted stays accepted', async () => {
      const shop = await pushed();
      const before = await runs(shop);
      const { 'sluice.yaml': config = '' } = branches({ qa: HOLD })['main'] ?? {};
      await shop.commit('main', { 'sluice.yaml': (config ?? '').replace('{ path: "**/env/**" }', '{ path: "**/environment/**" }') });
      await shop.settle();
      expect(await runs(shop)).toBe(before);
      await shop.accept('qa', 'ada');
      await shop.commit('main', { 'sluice.yaml': config });
      await shop.settle();
      expect(await runs(shop)).toBe(await shop.head('qa'));
    });

    inOneWay('is no matter when it is not there any more: a push to an environment that deploys is assigned at once', async () => {
      const shop = await pushed();
      await shop.commit('main', branches()['main'] ?? {});
      await shop.settle();
      expect(await runs(shop)).toBe(await shop.head('qa'));
    });
  });
});
