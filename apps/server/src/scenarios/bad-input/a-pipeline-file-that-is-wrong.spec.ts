import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { BOMB, MIB } from './beside.fixture.js';

const PIPELINE = branches()['main']?.['sluice.yaml'] ?? '';

describeWorlds('a pipeline file that is wrong:', (world) => {
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
