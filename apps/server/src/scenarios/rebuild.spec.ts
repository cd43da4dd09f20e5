import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeBothWorlds } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const APPROVED = '      approvals: { required: 2, from: ["*"], excludeAuthors: true, excludeRequester: true }';

// "Git is the only truth": after the database was lost, a rebuild gives the same promotions, ledgers, holds and open requests, and no duplicate.
describeBothWorlds('after the database was lost', (world) => {
  const remembered = async (shop: Shop, application: string, target: string) =>
    (await shop.promotions(application, target)).filter(({ state }) => state !== 'superseded').map(({ id, state, attempt, candidate, change, mergedAs, from, authors }) => ({ id, state, attempt, digest: candidate.digest, kind: candidate.kind, change, mergedAs, from, authors }));
  const outside = async (shop: Shop) => ({ requests: (await shop.requests()).map(({ updatedAt: _, ...request }) => request), qa: await shop.head('qa'), prod: await shop.head('prod') });

  async function expectSame(shop: Shop, lanes: readonly (readonly [string, string])[]): Promise<void> {
    const before = { promotions: await Promise.all(lanes.map(([application, target]) => remembered(shop, application, target))), outside: await outside(shop) };
    await world().loseDatabase();
    await shop.rebuild();
    await shop.settle();
    expect(await outside(shop)).toEqual(before.outside);
    const after = await Promise.all(lanes.map(([application, target]) => remembered(shop, application, target)));
    expect(after.flat().toSorted(byId)).toEqual(before.promotions.flat().toSorted(byId));
  }
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    it('a merged promotion and an open one are what they were, and nothing is begun twice', async () => {
      const shop = await world().repository(branches({ prod: APPROVED }), { mergeMethod });
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
      await shop.settle();
      expect(await shop.current('checkout', 'prod')).toBeDefined();
      await expectSame(shop, [['checkout', 'qa'], ['checkout', 'prod'], ['cart', 'qa'], ['cart', 'prod']]);
    });

    it('a promotion that was undone by hand is still held', async () => {
      const shop = await world().repository(branches(), { mergeMethod });
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), 'apps/checkout/extra.yaml': 'a: 1\n' });
      await shop.settle();
      await shop.checkout('qa');
      await shop.gitAs('bob', 'revert', '--no-edit', ...(mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
      await shop.push('qa');
      await shop.settle();
      await world().loseDatabase();
      expect(await shop.rebuild()).toMatchObject({ holds: 1 });
      await shop.settle();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held', message: expect.stringContaining('was undone on qa by') });
      expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
    });
  });

  it('an approval counts again for what it was given for, and the requester is still excluded', async () => {
    const shop = await world().repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.reject('checkout', 'qa', 'root');
    await shop.promote('checkout', 'qa', 'bob');
    await shop.approve('checkout', 'qa', 'grace');
    await world().loseDatabase();
    expect(await shop.rebuild()).toMatchObject({ restored: { open: 1, closed: 1 }, approvals: 1 });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ requester: 'bob', verdicts: [{ gate: 'approvals', outcome: 'wait', message: '1 of 2 given' }] });
    await expect(shop.approve('checkout', 'qa', 'bob')).rejects.toThrow('the requester may not approve');
    await shop.approve('checkout', 'qa', 'root');
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
  });

  it('a request that a person closed stays closed, until the content changes', async () => {
    const shop = await world().repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.reject('checkout', 'qa', 'grace');
    await expectSame(shop, [['checkout', 'qa']]);
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'closed' });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', attempt: 1 });
  });

  it('says what it could not restore, leaves what is known, and may be run again', async () => {
    const shop = await world().repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    const again = await shop.rebuild();
    expect(again).toMatchObject({ restored: { open: 0, merged: 0, closed: 0 }, known: 8 });
    expect(again.notes).toContainEqual(expect.stringContaining('soak starts again'));
    await world().loseDatabase();
    expect(await shop.rebuild()).toMatchObject({ restored: { open: 0, merged: 8, closed: 0 }, known: 0 });
    expect(await shop.rebuild()).toMatchObject({ restored: { open: 0, merged: 0, closed: 0 }, known: 8 });
    await shop.settle();
    expect(await shop.requests()).toHaveLength(8);
  });

  it('a request on a promotion’s branch whose commit is not ours is named, and left alone', async () => {
    const shop = await world().repository(branches());
    await shop.checkout('dev');
    await shop.git('checkout', '--quiet', '-B', 'sluice/promote/qa/checkout');
    await shop.git('commit', '--quiet', '--allow-empty', '-m', 'Promote nothing');
    await shop.push('sluice/promote/qa/checkout');
    await world().forge.changes.open(shop.id, { title: 'Promote it', body: '', sourceBranch: 'sluice/promote/qa/checkout', targetBranch: 'qa', draft: false });
    await world().loseDatabase();
    expect((await shop.rebuild()).notes).toContainEqual(expect.stringContaining('carries no ledger of ours'));
  });
});
