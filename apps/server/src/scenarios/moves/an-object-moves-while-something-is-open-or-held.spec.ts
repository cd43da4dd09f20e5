import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { BASE, DATABASE, MANUAL, databaseSteps, everywhereOnce, statefulSet } from './database.fixture.js';

describeInEveryWay('an object that moves from one application to another', (world, way) => {
  const { withDatabase, mergeMethod } = databaseSteps(world, way);

  way.once('waits for a request that was open before, and that one brings nothing of it', async () => {
    const shop = await withDatabase({ qa: `${MANUAL}\n      onNewSource: wait` });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const before = await shop.current('checkout', 'qa');
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    expect((await shop.current('checkout', 'qa'))?.id).toBe(before?.id);
    expect(await shop.current('base', 'qa')).toBeUndefined();
    expect(await shop.lane('base', 'qa')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('first checkout ends what it has open') });
    expect(await shop.mergeOnForge(before!.change!.number, before!.candidate.head)).toBe('merged');
    await shop.settle();
    const together = await shop.current('base', 'qa');
    expect(together?.candidate.members).toHaveLength(2);
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'waiting', goesWith: 'base', message: expect.stringContaining('goes with base (StatefulSet.apps database goes from checkout to base)') });
    expect((await shop.why('checkout', 'qa')).map(({ promotion }) => promotion?.id)).toContain(together?.id);
    expect(await shop.mergeOnForge(together!.change!.number, together!.candidate.head)).toBe('merged');
    await shop.settle();
    await everywhereOnce(shop);
    expect(await shop.file('prod', BASE)).toBe(statefulSet({ tag: '15', replicas: 4, registry: 'registry.prod.example.org' }));
  });

  way.once('removed first and added later: the request that removes it gives way to one that does both', async () => {
    const shop = await withDatabase({ qa: MANUAL });
    await shop.commit('dev', { [DATABASE]: null });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ candidate: { changedPaths: [DATABASE] } });
    await shop.commit('dev', { [BASE]: statefulSet() });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toBeUndefined();
    const together = await shop.current('base', 'qa');
    expect(together?.candidate.changedPaths).toEqual([BASE, DATABASE]);
    expect((await shop.requests()).filter(({ state, targetBranch }) => state === 'open' && targetBranch === 'qa')).toHaveLength(1);
    await shop.mergeOnForge(together!.change!.number, together!.candidate.head);
    await shop.settle();
    await everywhereOnce(shop);
  });

  way.once('waits while one of the two is held, and why of both says so', async () => {
    const shop = await withDatabase();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('qa');
    await shop.gitAs('bob', 'revert', '--no-edit', ...(mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
    await shop.push('qa');
    await shop.settle();
    await shop.commit('dev', { [DATABASE]: null, [BASE]: statefulSet({ tag: '15' }) });
    await shop.settle();
    expect(await shop.lane('base', 'qa')).toMatchObject({ condition: 'held', message: expect.stringMatching(/^checkout: .*was undone on qa by/) });
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
    for (const application of ['base', 'checkout']) expect((await shop.why(application, 'qa')).map(({ message }) => message)).toContainEqual(expect.stringContaining('was undone on qa by'));
    expect(await shop.file('qa', BASE)).toBeUndefined();
    await shop.promote('checkout', 'qa');
    expect(await shop.file('qa', BASE)).toBe(statefulSet({ tag: '15', replicas: 2 }));
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    await everywhereOnce(shop);
  });
});
