import { CART, branches, deployment } from '../shop.fixture.js';
import { describeWorlds } from '../describe-worlds.fixture.js';
import type { Shop } from '../world.fixture.js';

const IN_PROD = deployment('cart', { tag: '2.0', replicas: 4, registry: 'registry.prod.example.org' });

// Design, "Lifecycle": nothing waits in silence, and what somebody undoes does not come back by itself.
describeWorlds('a target that somebody sets back by force', (world) => {
  async function force(shop: Shop, to: string): Promise<void> {
    await shop.checkout('prod');
    await shop.git('reset', '--quiet', '--hard', to);
    await shop.push('prod', '--force');
    // whatever nothing refers to any more
    await shop.git('--git-dir', world().forge.gitDir(shop.id), 'reflog', 'expire', '--expire=now', '--all');
    await shop.git('--git-dir', world().forge.gitDir(shop.id), 'gc', '--quiet', '--prune=now');
  }

  async function setBack(then: () => Promise<void> = async () => undefined): Promise<Shop> {
    const shop = await world().repository(branches());
    const before = await shop.head('prod');
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(IN_PROD);
    await force(shop, before);
    await then();
    await shop.settle();
    return shop;
  }

  it('stays as it is, and says how what was taken off it comes again', async () => {
    const shop = await setBack();
    const head = await shop.head('prod');
    await shop.settle();
    expect(await shop.head('prod')).toBe(head);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringMatching(/^the merge \w{10} was taken off branch prod by force; offered again when/) });
    expect((await shop.why('cart', 'prod')).map(({ condition }) => condition)).toEqual(['closed']);
    expect((await shop.promotions('cart', 'prod'))[0]).toMatchObject({ state: 'rolled-back', timeline: expect.arrayContaining([expect.objectContaining({ what: 'taken back' })]) });
  });

  it('stays as it is for a worker that has never seen what was taken off', async () => {
    const shop = await setBack(async () => world().loseMirrors());
    expect(await shop.file('prod', CART)).toBe(IN_PROD.replace('2.0', '1.0'));
    await world().setClock(new Date(world().ports.clock() + 3_600_000).toISOString());
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(IN_PROD.replace('2.0', '1.0'));
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringMatching(/was taken off branch prod by force/) });
  });

  it('stays as it is where more than one promotion was taken off', async () => {
    const shop = await world().repository(branches());
    const before = await shop.head('prod');
    for (const tag of ['2.0', '3.0']) {
      await shop.commit('dev', { [CART]: deployment('cart', { tag }) });
      await shop.settle();
    }
    await force(shop, before);
    await shop.settle();
    expect(await shop.head('prod')).toBe(before);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringMatching(/was taken off branch prod by force/) });
    expect((await shop.promotions('cart', 'prod')).map(({ candidate, state }) => [candidate.kind, state])).toEqual([['change', 'rolled-back'], ['change', 'rolled-back'], ['record-only', 'live']]);
    await shop.promote('cart', 'prod');
    expect(await shop.file('prod', CART)).toBe(IN_PROD.replace('2.0', '3.0'));
  });

  it.each([['by the same worker', async () => undefined], ['by another one', () => world().loseMirrors()]])('is known as such after the database was lost, %s', async (_, lose) => {
    const shop = await setBack();
    const [before] = await shop.promotions('cart', 'prod');
    await world().loseDatabase();
    await lose();
    expect((await shop.rebuild()).notes).toContainEqual(expect.stringMatching(/^cart in prod: the merge \w{10} of request \d+ was taken off branch prod by force: it stays off until/));
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(IN_PROD.replace('2.0', '1.0'));
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'closed', message: expect.stringMatching(/^the merge \w{10} was taken off branch prod by force; offered again when/) });
    expect((await shop.why('cart', 'prod')).map(({ condition }) => condition)).toEqual(['closed']);
    expect((await shop.promotions('cart', 'prod')).find(({ id }) => id === before?.id)).toMatchObject({ state: 'rolled-back' });
    await shop.promote('cart', 'prod');
    expect(await shop.file('prod', CART)).toBe(IN_PROD);
  });

  it('is not taken for one where its history was written anew with all that is in it', async () => {
    const shop = await world().repository(branches());
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('prod');
    await shop.git('checkout', '--quiet', '--orphan', 'anew');
    await shop.git('commit', '--quiet', '-m', 'one commit');
    await shop.git('push', '--quiet', '--force', 'forge', 'anew:prod');
    await shop.settle();
    await world().loseDatabase();
    const { notes } = await shop.rebuild();
    await shop.settle();
    expect(notes.filter((note) => note.includes('by force'))).toEqual([]);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'in-sync' });
  });

  it('gets it again when a person asks, as a new attempt', async () => {
    const shop = await setBack();
    await shop.promote('cart', 'prod');
    expect(await shop.file('prod', CART)).toBe(IN_PROD);
    expect((await shop.promotions('cart', 'prod'))[0]?.attempt).toBeGreaterThan(0);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'in-sync' });
  });

  it('gets it with the next change', async () => {
    const shop = await setBack();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(deployment('cart', { tag: '2.0', level: 'debug', replicas: 4, registry: 'registry.prod.example.org' }));
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'in-sync' });
  });

  it('has a record that was lost with it made again', async () => {
    const shop = await world().repository(branches());
    await shop.checkout('prod');
    const root = await shop.git('rev-list', '--max-parents=0', 'HEAD');
    await shop.git('reset', '--quiet', '--hard', root);
    await shop.push('prod', '--force');
    await shop.settle();
    for (const name of ['checkout', 'cart']) {
      expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'in-sync' });
      expect(await shop.file('prod', `.sluice/prod/${name}.yaml`)).toBeDefined();
    }
  });
});
