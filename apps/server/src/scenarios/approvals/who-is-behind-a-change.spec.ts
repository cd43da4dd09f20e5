import { personName } from '@sluice/kernel';
import { ManagePeople } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { GitDoor } from '../git-door.fixture.js';
import { rightsSteps } from '../rights/rights.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const ANYBODY_ELSE = '      approvals: { required: 1, from: ["*"], excludeAuthors: true }';

/** qa takes everything by itself and squashes it: prod asks who is behind it. */
describeBothWorlds('who is behind a change, two hops before', (world) => {
  const { listed } = rightsSteps(world);
  let door: GitDoor;
  beforeAll(async () => {
    door = await GitDoor.open(world());
  });
  afterAll(() => door.close());

  const shopOf = (): Promise<Shop> => world().repository(branches({ prod: ANYBODY_ELSE }));
  const edited = async (shop: Shop, branch = 'dev'): Promise<void> => {
    await shop.checkout(branch);
    await shop.edit({ [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
  };
  const isLive = async (shop: Shop): Promise<boolean> => (await shop.file('prod', CHECKOUT))?.includes(':2.0') ?? false;
  const expectNotBy = async (shop: Shop, ...people: readonly string[]): Promise<void> => {
    for (const person of people) await expect(shop.approve('checkout', 'prod', person)).rejects.toThrow('an author may not approve their own change');
  };
  const verdictOf = async (shop: Shop) => (await shop.why('checkout', 'prod')).flatMap(({ verdicts }) => verdicts).find(({ gate }) => gate === 'approvals');

  it('is also who committed somebody else’s patch', async () => {
    const shop = await shopOf();
    await edited(shop);
    await shop.gitAs('grace', 'commit', '--quiet', '--author=bob <bob@example.org>', '-m', 'A patch of Bob’s');
    await door.push(shop, 'dev', 'grace');
    await expectNotBy(shop, 'bob', 'grace');
    await shop.approve('checkout', 'prod', 'ada');
    expect(await isLive(shop)).toBe(true);
  });

  it('is also who only pushed what somebody else has committed', async () => {
    const shop = await shopOf();
    await edited(shop);
    await shop.gitAs('bob', 'commit', '--quiet', '-m', 'Bob’s');
    await door.push(shop, 'dev', 'grace');
    await expectNotBy(shop, 'bob', 'grace');
    await shop.approve('checkout', 'prod', 'ada');
    expect(await isLive(shop)).toBe(true);
  });

  it('is also whom it names as co-author, if that is somebody known', async () => {
    const shop = await shopOf();
    await edited(shop);
    await shop.gitAs('bob', 'commit', '--quiet', '-m', 'Together\n\nCo-authored-by: Grace <grace@example.org>\nCo-Authored-By: A machine <machine@example.com>');
    await door.push(shop, 'dev', 'bob');
    await expectNotBy(shop, 'bob', 'grace');
    await shop.approve('checkout', 'prod', 'ada');
    expect(await isLive(shop)).toBe(true);
  });

  it.each(['merge', 'squash', 'rebase'] as const)('is who merged it on the forge by %s, and not the forge itself', async (method) => {
    const shop = await shopOf();
    await shop.checkout('dev');
    await shop.git('push', '--quiet', 'forge', 'dev:refs/heads/feature');
    const head = await shop.commit('feature', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) }, { as: 'bob' });
    const { number } = await world().forge.changes.open(shop.id, { title: 'Feature', body: '', sourceBranch: 'feature', targetBranch: 'dev', draft: false });
    expect(await shop.mergeOnForge(number, head, method)).toBe('merged');
    await shop.settle();
    await expectNotBy(shop, 'bob', 'ada');
    await shop.approve('checkout', 'prod', 'grace');
    expect(await isLive(shop)).toBe(true);
  });

  it('is nobody to rely on while somebody who pushed is nobody known: no approval counts, until an admin says who that is', async () => {
    const shop = await shopOf();
    await edited(shop);
    await shop.gitAs('bob', 'commit', '--quiet', '-m', 'Bob’s');
    await door.push(shop, 'dev', 'mallory');
    await shop.approve('checkout', 'prod', 'grace');
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: 'separation of duties cannot be checked: mallory, who pushed cannot be mapped to a person', clearedBy: expect.stringContaining('sluice people link') as string });
    expect(await listed(shop)).toMatchObject([{ person: 'grace', counts: false, why: expect.stringContaining('mallory') as string }]);
    await new ManagePeople(world().ports).save({ name: personName('mallory'), displayName: 'Mallory', emails: [], groups: [], admin: false });
    await shop.workOff();
    expect(await isLive(shop)).toBe(true);
  });

  it('is who made the oldest of 600 commits as well', async () => {
    const shop = await shopOf();
    await shop.manyCommits('dev', 600, (index) => (index === 0 ? 'grace' : 'bob'));
    await door.push(shop, 'dev', 'bob');
    await expectNotBy(shop, 'grace', 'bob');
    await shop.approve('checkout', 'prod', 'ada');
    expect(await isLive(shop)).toBe(true);
  });

  it('cannot be told of more commits than are read: no approval counts, and it says so', async () => {
    const shop = await shopOf();
    await shop.manyCommits('dev', 20_001, (index) => (index === 0 ? 'grace' : 'bob'));
    await door.push(shop, 'dev', 'bob');
    await shop.approve('checkout', 'prod', 'grace');
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('whoever made the commits before the newest 20000 cannot be mapped to a person') as string });
    expect(await isLive(shop)).toBe(false);
  }, 120_000);
});
