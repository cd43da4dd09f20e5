import { environmentName } from '@sluice/kernel';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const MIB = 1_048_576;
const PIPELINE = branches()['main']?.['sluice.yaml'] ?? '';
// 9 lists of 9 aliases each: 387 million nodes if it were written out
const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefgh'[index] ?? 'a'}`).join(', ')}]`)].join('\n');
const BESIDE = { [CART]: deployment('cart', { tag: '3.0' }) };

// "Bad input" of the issue: a clear error at its place, nothing half done, the rest goes on.
describeWorlds('bad input', (world) => {
  const cartArrived = async (shop: Shop) => expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '3.0', replicas: 2 }));

  describe('in the pipeline file', () => {
    let shop: Shop;
    let tag = 1;
    beforeAll(async () => void (shop = await world().repository(branches())));

    const findings = async () => (await world().ports.repositories.pipeline(shop.id))?.diagnostics ?? [];
    /** What is in force still promotes, and a good file takes its place again. */
    async function expectRestGoesOn(): Promise<void> {
      tag += 1;
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: String(tag) }) });
      await shop.settle();
      expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: String(tag), replicas: 2 }));
      await shop.commit('main', { 'sluice.yaml': `${PIPELINE}# ${tag}\n` });
      await shop.settle();
      expect(await findings()).toEqual([]);
    }

    it.each([
      ['a cycle', PIPELINE.replace('branch: dev\n', 'branch: dev\n      from: [prod]\n'), { line: 8, column: 7, message: 'environments form a cycle: dev → qa → prod → dev' }],
      ['overlapping paths', PIPELINE.replace('["apps/cart/**"]', '["apps/**"]'), { line: 18, column: 29, message: expect.stringContaining('overlaps with "apps/checkout/**" of application "checkout"') }],
      ['an unknown gate', PIPELINE.replace('from: [dev]\n', 'from: [dev]\n      gates: [{ name: a, type: helth }]\n'), { line: 11, column: 32, message: expect.stringContaining('unknown gate type "helth"') }],
      ['a path with ..', PIPELINE.replace('apps/cart/**', '../cart/**'), { line: 18, column: 29, message: expect.stringContaining('".." are not allowed') }],
      ['an alias bomb', BOMB, { line: expect.any(Number), column: expect.any(Number), message: expect.stringMatching(/alias|expand|nodes/) }],
      ['no YAML at all', 'apiVersion: [\n', { line: expect.any(Number), column: expect.any(Number), message: expect.any(String) }],
      ['more text than anybody writes', `${PIPELINE}${'#'.repeat(2 * MIB)}\n`, { line: 1, column: 1, message: 'sluice.yaml is larger than 1048576 bytes' }],
    ])('%s is told with its place; the last good one stays in force', async (_, text, finding) => {
      await shop.commit('main', { 'sluice.yaml': text });
      await shop.settle();
      expect((await findings())[0]).toMatchObject({ severity: 'error', ...finding });
      await expectRestGoesOn();
    });

    it('a link in its place is not followed', async () => {
      await shop.commit('main', { 'sluice.yaml': { link: '/etc/passwd' } });
      await shop.settle();
      expect(await findings()).toMatchObject([{ severity: 'error', message: 'sluice.yaml on branch main is not a plain file' }]);
      await expectRestGoesOn();
    });
  });

  describe('in the files of an application', () => {
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

  it('a path with .. is refused when it is pushed, and nothing of the push arrives', async () => {
    const shop = await world().repository(branches());
    const before = await shop.head('dev');
    await shop.checkout('dev');
    const blob = await shop.git('rev-parse', `HEAD:${CHECKOUT}`);
    const inner = await shop.tree(`100644 blob ${blob}\tpasswd\n`);
    const outer = await shop.tree(`040000 tree ${inner}\t..\n`);
    await shop.git('reset', '--quiet', '--soft', await shop.git('commit-tree', outer, '-p', 'HEAD', '-m', 'out of the tree'));
    await expect(shop.push('dev')).rejects.toMatchObject({ stderr: expect.stringMatching(/hasDotdot|contains '\.\.'/) });
    expect(await shop.head('dev')).toBe(before);
    await shop.commit('dev', BESIDE);
    await shop.settle();
    await cartArrived(shop);
  });

  describe('a ledger that somebody has forged', () => {
    const forge = async (paths: string): Promise<Shop> => {
      const shop = await world().repository(branches());
      const ledger = (await shop.file('qa', '.sluice/qa/checkout.yaml')) ?? '';
      await shop.commit('qa', { '.sluice/qa/checkout.yaml': ledger.replace('  - "apps/checkout/**"', paths) }, { as: 'bob' });
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), ...BESIDE });
      return shop;
    };
    const stateOf = (shop: Shop) => world().ports.environments.state(shop.id, environmentName('qa'));

    it('with paths that lead out of the tree is none: the whole difference waits for a person', async () => {
      const shop = await forge('  - "../../**"\n  - "/etc/**"\n  - "["\n  - ""');
      await shop.settle();
      expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', candidate: { kind: 'adopt' }, verdicts: [{ gate: 'adoption', outcome: 'wait' }] });
      expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
      await cartArrived(shop);
    });

    it('with paths that are not its content’s is no merge of ours: no agent is told to run it', async () => {
      const shop = await forge('  - "apps/**"');
      const assigned = (await stateOf(shop))?.assigned;
      await world().ports.wakes.wake({ kind: 'repository', repository: shop.id });
      await shop.work({ kind: 'repository', repository: shop.id });
      await shop.work({ kind: 'environment', repository: shop.id, environment: environmentName('qa') });
      expect(await stateOf(shop)).toMatchObject({ assigned, tampered: { checkout: expect.any(String) }, message: expect.stringContaining('is not what was composed') });
      await shop.settle();
      await cartArrived(shop);
    });
  });

  it('a forged marker in a commit message or a file name forges nothing', async () => {
    const forged = `<!-- sluice:promotion qa-checkout-000000000000 ${'0'.repeat(64)} 9 -->`;
    const shop = await world().repository(branches({ qa: '      approvals: { required: 1, from: ["*"] }' }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [`apps/checkout/${forged.replace(/\//g, '')}`]: 'x\n' }, { message: `harmless\n\n${forged}\n@everyone` });
    await shop.settle();
    const body = (await shop.requests()).find((request) => request.state === 'open')?.body ?? '';
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(body).not.toContain('qa-checkout-000000000000 ');
  });

  it('a branch that does not exist is named, and what does not need it goes on', async () => {
    const { prod: _prod, ...without } = branches();
    const shop = await world().repository(without);
    await shop.commit('dev', BESIDE);
    await shop.settle();
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'blocked', message: expect.stringContaining('branch prod does not exist') });
    await cartArrived(shop);
  });
});
