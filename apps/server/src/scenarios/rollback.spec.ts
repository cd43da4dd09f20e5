import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const SRE = '      emergency: { required: 1, from: [group:release-managers] }';
const text = (tag: string, fields: { readonly replicas?: number; readonly level?: string } = {}): string => deployment('checkout', { tag, replicas: 2, ...fields });

// "Rollback, hold, backflow, waves" of the design: what is undone, what stays, and what happens next.
describeWorlds('a rollback', (world) => {
  async function release(shop: Shop, tag: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }), ...more });
    await shop.settle();
  }

  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const released = async (...tags: readonly string[]): Promise<Shop> => {
      const shop = await world().repository(branches({ prod: '      merge: manual' }), { mergeMethod });
      for (const tag of tags) await release(shop, tag);
      return shop;
    };

    it('undoes the newest promotion, puts its ledger back, and holds the same content', async () => {
      const shop = await released('2.0', '3.0');
      const [newest, before] = await shop.promotions('checkout', 'qa');
      const ledger = await shop.file('qa', '.sluice/qa/checkout.yaml');
      expect(await shop.rollBack('checkout', 'qa')).toEqual([newest?.id]);
      expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
      expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).not.toBe(ledger);
      expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(`promotion: ${before?.id}`);
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
      expect((await shop.promotions('checkout', 'qa')).map(({ state, candidate }) => [candidate.kind, state])).toEqual(expect.arrayContaining([['rollback', 'rolling-out'], ['change', 'rolled-back']]));
    });

    it('lets a later release that changes the same thing through, with everything in one request', async () => {
      const shop = await released('2.0', '3.0');
      await shop.rollBack('checkout', 'qa');
      await release(shop, '4.0');
      expect(await shop.file('qa', CHECKOUT)).toBe(text('4.0'));
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
    });

    it('is lifted by somebody who promotes again', async () => {
      const shop = await released('2.0', '3.0');
      await shop.rollBack('checkout', 'qa');
      expect(await shop.promote('checkout', 'qa')).toBe('opened');
      expect(await shop.file('qa', CHECKOUT)).toBe(text('3.0'));
    });
  });

  it('goes back over several promotions, and over a second rollback', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    for (const tag of ['2.0', '3.0', '4.0']) await release(shop, tag);
    const [p4, p3, p2] = await shop.promotions('checkout', 'qa');
    expect(await shop.rollBack('checkout', 'qa', { to: p2!.id })).toEqual([p4?.id, p3?.id]);
    expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
    expect(await shop.rollBack('checkout', 'qa')).toEqual([p2?.id]);
    expect(await shop.file('qa', CHECKOUT)).toBe(text('1.0'));
    await expect(shop.rollBack('checkout', 'qa')).rejects.toThrow('there is nothing to go back to');
  });

  it('leaves what was committed on the target by hand, other applications, and what the target owns', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0', { 'apps/checkout/extra.yaml': 'a: 1\n' });
    await shop.commit('qa', { [CHECKOUT]: text('2.0', { replicas: 7, level: 'debug' }), 'apps/checkout/hotfix.yaml': 'b: 1\n' });
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '9.0' }) });
    await shop.settle();
    await shop.rollBack('checkout', 'qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(text('1.0', { replicas: 7, level: 'debug' }));
    expect(await shop.file('qa', 'apps/checkout/extra.yaml')).toBeUndefined();
    expect(await shop.file('qa', 'apps/checkout/hotfix.yaml')).toBe('b: 1\n');
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '9.0', replicas: 2 }));
  });

  it('is refused, and nothing is stored, when a later change by hand is in the way', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    await shop.commit('qa', { [CHECKOUT]: text('2.0-hotfix') });
    await shop.settle();
    await expect(shop.rollBack('checkout', 'qa')).rejects.toThrow('what was changed since is in the way');
    expect(await shop.lane('checkout', 'qa')).not.toHaveProperty('rollback');
  });

  it('takes the place of an open request, and does not wait for gates, windows or approvals', async () => {
    const gated = `${SRE}\n      approvals: { required: 2, from: ["*"] }\n      gates: [{ name: never, type: manual }]`;
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    await shop.commit('main', { 'sluice.yaml': branches({ qa: gated, prod: '      merge: manual' })['main']?.['sluice.yaml'] ?? '' });
    await release(shop, '3.0');
    const open = await shop.current('checkout', 'qa');
    expect(open).toMatchObject({ state: 'open' });
    await shop.rollBack('checkout', 'qa', { as: 'grace' });
    expect(await shop.file('qa', CHECKOUT)).toBe(text('1.0'));
    const promotions = await shop.promotions('checkout', 'qa');
    expect(promotions.find(({ candidate }) => candidate.kind === 'rollback')).toMatchObject({ state: 'rolling-out', change: open?.change, requester: 'grace', verdicts: [{ gate: 'emergency', outcome: 'pass', message: 'ordered or approved by grace' }] });
    // 3.0 changes what was undone, and is newer: it is offered again, and waits for its gates
    expect(await shop.current('checkout', 'qa')).toMatchObject({ candidate: { kind: 'change', source: open?.candidate.source }, state: 'open' });
  });

  it('that somebody else orders waits for the people of the emergency policy, and can be rejected', async () => {
    const shop = await world().repository(branches({ qa: SRE, prod: '      merge: manual' }));
    await release(shop, '2.0');
    await shop.rollBack('checkout', 'qa', { as: 'ada' });
    expect(await shop.current('checkout', 'qa')).toMatchObject({ verdicts: [{ gate: 'emergency', outcome: 'wait', clearedBy: expect.stringContaining('group release-managers') }] });
    await expect(shop.approve('checkout', 'qa', 'bob')).rejects.toThrow('only group release-managers may approve a rollback');
    await shop.reject('checkout', 'qa', 'grace');
    expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
    await shop.rollBack('checkout', 'qa', { as: 'ada' });
    await shop.approve('checkout', 'qa', 'grace');
    expect(await shop.file('qa', CHECKOUT)).toBe(text('1.0'));
  });

  describe('by the pipeline itself', () => {
    const DEGRADED = '      rollout: { onDegraded: rollback }';
    async function degraded(): Promise<Shop> {
      const shop = await world().repository(branches({ qa: DEGRADED, prod: '      merge: manual' }));
      await release(shop, '2.0');
      await shop.sync('qa');
      await release(shop, '3.0');
      await shop.sync('qa', 'Failed');
      await shop.settle();
      return shop;
    }

    it('happens when what was healthy has Failed with a promotion, and only a person lifts its hold', async () => {
      const shop = await degraded();
      expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
      expect((await shop.promotions('checkout', 'qa')).map(({ candidate, state }) => [candidate.kind, state])).toEqual(expect.arrayContaining([['rollback', 'rolling-out'], ['change', 'rolled-back']]));
      await release(shop, '4.0');
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held', message: expect.stringContaining('held until somebody promotes again') });
      await shop.promote('checkout', 'qa');
      expect(await shop.file('qa', CHECKOUT)).toBe(text('4.0'));
    });

    it('is not undone by another one when it fails as well', async () => {
      const shop = await degraded();
      await shop.sync('qa', 'Failed');
      await shop.settle();
      expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
      expect((await shop.promotions('checkout', 'qa')).filter(({ candidate }) => candidate.kind === 'rollback')).toHaveLength(1);
    });

    it('does not happen where the environment does not ask for it: the promotion is degraded until it recovers', async () => {
      const shop = await world().repository(branches({ prod: '      merge: manual' }));
      await release(shop, '2.0');
      await shop.sync('qa');
      await release(shop, '3.0');
      await shop.sync('qa', 'Failed');
      expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'degraded' });
      await shop.sync('qa');
      expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'live' });
      expect(await shop.file('qa', CHECKOUT)).toBe(text('3.0'));
    });
  });
});
