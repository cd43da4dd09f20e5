import { setTimeout as sleep } from 'node:timers/promises';
import { runGit } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

describeWorlds('the base of a promotion', (world) => {
  const onForge = async (shop: Shop, ...args: readonly string[]) => (await runGit(args, { gitDir: world().forge.gitDir(shop.id) })).stdout.toString('utf8').trim();
  const pinOf = (shop: Shop, lane: string) => onForge(shop, 'for-each-ref', '--format=%(objectname)', `refs/sluice/base/${lane}`);

  /** Bases reach the remote a little after the merge. */
  async function untilPinned(shop: Shop, lane: string, commit: CommitSha): Promise<void> {
    while ((await pinOf(shop, lane)) !== commit) await sleep(50);
  }

  async function promoted(tag: string, shop: Shop): Promise<CommitSha> {
    const commit = await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }) });
    await shop.settle();
    return commit;
  }

  /** Puts dev back to before a commit, and lets go of everything that nothing refers to, on the forge and in the mirror. */
  async function forget(shop: Shop, commit: CommitSha): Promise<void> {
    await shop.checkout('dev');
    await shop.git('reset', '--quiet', '--hard', `${commit}~1`);
    await shop.push('dev', '--force');
    await shop.settle();
    await onForge(shop, 'reflog', 'expire', '--expire=now', '--all');
    await onForge(shop, 'gc', '--quiet', '--prune=now');
  }

  it('is pinned when its merge has been read, one for each application and target, in place of the one before', async () => {
    const shop = await world().repository(branches());
    const first = await promoted('2.0', shop);
    await untilPinned(shop, 'qa/checkout', first);
    const second = await promoted('3.0', shop);
    await untilPinned(shop, 'qa/checkout', second);
    // prod's base is a commit of qa
    const qa = await shop.head('qa');
    await untilPinned(shop, 'prod/checkout', qa);
    expect((await onForge(shop, 'for-each-ref', '--format=%(refname)', 'refs/sluice/base/')).split('\n')).toEqual(['prod/cart', 'prod/checkout', 'qa/cart', 'qa/checkout'].map((lane) => `refs/sluice/base/${lane}`));
  });

  it('is still there after the source was force-pushed and everything without a name was collected', async () => {
    const shop = await world().repository(branches());
    const base = await promoted('2.0', shop);
    await untilPinned(shop, 'qa/checkout', base);
    await forget(shop, base);
    expect(await onForge(shop, 'cat-file', '-t', base)).toBe('commit');
    const mirror = await world().ports.mirrors.open(shop.id);
    await mirror.ensure(base);
    expect(new TextDecoder().decode(await mirror.blob((await mirror.entries(base, [CHECKOUT])).get(CHECKOUT)!.sha, 10_000))).toBe(deployment('checkout', { tag: '2.0' }));
    // "gone" is what is no longer in the source's history, whatever is still there: the next change is an adoption
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ candidate: { kind: 'adopt' } });
  });

  it('is not kept when another has taken its place', async () => {
    const shop = await world().repository(branches());
    const old = await promoted('2.0', shop);
    await untilPinned(shop, 'qa/checkout', old);
    await shop.checkout('dev');
    await shop.git('reset', '--quiet', '--hard', `${old}~1`);
    await shop.push('dev', '--force');
    const base = await promoted('3.0', shop);
    await shop.approve('checkout', 'qa', 'grace');
    await untilPinned(shop, 'qa/checkout', base);
    await forget(shop, base);
    expect(await onForge(shop, 'cat-file', '-t', base)).toBe('commit');
    await expect(onForge(shop, 'cat-file', '-t', old)).rejects.toThrow();
  });
});
