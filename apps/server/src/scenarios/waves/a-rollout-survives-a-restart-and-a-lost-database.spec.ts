import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release, stateOf } from '../fleet.fixture.js';

describeBothWorlds('a rollout in waves is kept', (world) => {
  const fleet = new Fleet(world);

  it('over a restart, and over all that was asked for and lost', async () => {
    const shop = await fleet.open();
    const { eu } = await shop.assigned('qa');
    await release(shop, '2.0');
    await fleet.sync(shop, 'canary');
    await world().loseWakes();
    await shop.settle();
    expect(await shop.assigned('qa')).toEqual({ canary: await shop.head('qa'), eu, us: eu });
    await fleet.pass(shop, 15, 'canary', 'eu', 'us');
    expect(await stateOf(shop, 'checkout')).toBe('live');
  });

  it('not when the database is lost: nobody is told anything before it is seen, or a person says so', async () => {
    const shop = await fleet.open();
    const { eu } = await shop.assigned('qa');
    await release(shop, '2.0');
    await fleet.sync(shop, 'canary');
    await world().loseDatabase();
    const report = await shop.rebuild();
    expect(report.notes).toContainEqual(expect.stringMatching(/^qa has waves, and git does not say whether a rollout was under way/));
    await shop.enrol('qa', 'canary', { canary: 'true' });
    for (const name of ['eu', 'us']) await shop.enrol('qa', name);
    expect(Object.values(await shop.assigned('qa'))).toEqual([undefined, undefined, undefined]);
    const head = await shop.head('qa');
    await shop.says('qa', 'canary', head);
    await shop.says('qa', 'eu', eu!);
    await shop.says('qa', 'us', eu!);
    expect((await shop.rollout('qa')).message).toContain('is paused: rebuilt from git');
    await shop.controlRollout('continue', 'qa');
    expect(await shop.assigned('qa')).toEqual({ canary: head, eu: undefined, us: undefined });
    await fleet.pass(shop, 15);
    await shop.says('qa', 'canary', head);
    expect((await shop.assigned('qa'))['eu']).toBe(head);
  });

  it('as over when the database is lost and all waves are seen to have it', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0');
    await fleet.rollOut(shop);
    await world().loseDatabase();
    await shop.rebuild();
    await shop.enrol('qa', 'canary', { canary: 'true' });
    await shop.enrol('qa', 'eu');
    const head = await shop.head('qa');
    await shop.says('qa', 'canary', head);
    expect((await shop.rollout('qa')).rollout).toMatchObject({ paused: expect.anything() });
    await shop.says('qa', 'eu', head);
    expect((await shop.rollout('qa')).rollout).toMatchObject({ state: 'ended', end: 'done' });
  });
});
