import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { both, prodImage, withSet } from '../release-sets/set.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { expectStable } from '../stable.fixture.js';
import { release } from '../release.fixture.js';

const SRE = '      emergency: { required: 1, from: [group:sre] }';

describeBothWorlds('after the database was lost,', (world) => {
  it('a merged rollback is one, and what it has undone is rolled back', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    for (const tag of ['2.0', '3.0']) await release(shop, tag);
    const undoes = await shop.rollBack('checkout', 'qa');
    const before = await shop.promotions('checkout', 'qa');
    await world().loseDatabase();
    await shop.rebuild();
    await shop.settle();
    const after = await shop.promotions('checkout', 'qa');
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(after.find(({ candidate }) => candidate.kind === 'rollback')).toMatchObject({ candidate: { undoes, digest: before[0]?.candidate.digest }, mergedAs: before[0]?.mergedAs });
    expect(after.filter(({ state }) => state === 'rolled-back').map(({ id }) => id)).toEqual(undoes);
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
    await shop.promote('checkout', 'qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '3.0', replicas: 2 }));
  });

  it('one that waits for its people still waits for them, with the word of those who have agreed', async () => {
    const shop = await world().repository(withSet({ prod: SRE.replace('required: 1', 'required: 2') }));
    await shop.commit('dev', both);
    await shop.settle();
    await shop.rollBack('checkout', 'prod');
    await shop.approve('checkout', 'prod', 'eve');
    const before = await shop.current('checkout', 'prod');
    await world().loseDatabase();
    await shop.rebuild();
    await shop.settle();
    const after = await shop.current('checkout', 'prod');
    expect(after).toMatchObject({ id: before?.id, change: before?.change, candidate: { kind: 'rollback', digest: before?.candidate.digest, head: before?.candidate.head }, verdicts: [{ gate: 'emergency', outcome: 'wait', message: '1 of 2 given' }] });
    expect((await shop.requests()).filter(({ state }) => state === 'open')).toHaveLength(1);
    await expectStable(shop, ['checkout', 'cart']);
    await shop.approve('checkout', 'prod', 'sam');
    for (const name of ['checkout', 'cart']) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '1.0'));
  });
});
