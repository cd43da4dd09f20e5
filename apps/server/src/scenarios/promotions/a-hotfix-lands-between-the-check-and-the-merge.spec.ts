import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { APPROVED, promotionSteps } from './steps.fixture.js';

describeInEveryWay('a hotfix that lands on the target between the check of a request and its merge', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('in the same file has it composed again, and voids the approvals', async () => {
    const shop = await repository(branches({ qa: APPROVED.replace('required: 1', 'required: 2').replace('group:release-managers', '"*"') }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.approve('checkout', 'qa', 'grace');
    const before = await shop.current('checkout', 'qa');
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2, level: 'trace' }) }, { as: 'bob' });
    await shop.settle();
    const after = await shop.current('checkout', 'qa');
    expect(after?.candidate.digest).not.toBe(before?.candidate.digest);
    expect(after?.verdicts).toMatchObject([{ outcome: 'wait', message: '0 of 2 given' }]);
    expect(after?.change?.number).toBe(before?.change?.number);
    expect(await shop.file('sluice/promote/qa/checkout', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2, level: 'trace' }));
  });

  it('and a merge by hand that brings both reach no agent, and are put right', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const promotion = await shop.current('checkout', 'qa');
    const assigned = await shop.sync('qa');
    await shop.commit('qa', { 'apps/checkout/hotfix.yaml': 'a: 1\n' }, { as: 'bob' });
    const outcome = await shop.mergeOnForge(promotion?.change?.number ?? 0, promotion!.candidate.head);
    // seen in time, the hotfix is composed in, and what was approved before it cannot be merged any more
    expect(outcome).toBe(way.polled === 'step by step' ? 'moved' : 'merged');
    await shop.settle();
    if (outcome === 'merged') expect((await world().ports.environments.state(shop.id, 'qa' as never))?.assigned).toBe(assigned);
    expect((await shop.promotions('checkout', 'qa')).map((item) => item.state)).toContain(outcome === 'merged' ? 'tampered' : 'superseded');
    // either way what is there now, or would be, waits for approvals of its own, which nobody behind it can give
    const again = await shop.current('checkout', 'qa');
    expect(again).toMatchObject({ state: 'open', candidate: { kind: 'change' }, verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
    expect((await shop.requests()).find(({ number }) => number === again?.change?.number)?.body).toContain('2.0');
    expect(await shop.file('sluice/promote/qa/checkout', 'apps/checkout/hotfix.yaml')).toBe('a: 1\n');
    await shop.approve('checkout', 'qa', 'grace');
    expect(await shop.sync('qa')).toBe(await shop.head('qa'));
    expect(await shop.file('qa', 'apps/checkout/hotfix.yaml')).toBe('a: 1\n');
    await inSync(shop);
  });

  way.once('is counted, with everybody behind it, since the environment was right, when one such merge follows another', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) }, { as: 'bob' });
    await shop.settle();
    for (const [file, author] of [['first', 'eve'], ['second', 'sam']] as const) {
      const open = await shop.current('checkout', 'qa');
      await shop.commit('qa', { [`apps/checkout/${file}.yaml`]: 'a: 1\n' }, { as: author });
      expect(await shop.mergeOnForge(open!.change!.number, open!.candidate.head)).toBe('merged');
      await shop.settle();
    }
    const again = await shop.current('checkout', 'qa');
    expect(again?.authors.map(({ person }) => person)).toEqual(expect.arrayContaining(['bob', 'eve', 'sam']));
    const body = (await shop.requests()).find(({ number }) => number === again?.change?.number)?.body;
    for (const shown of ['2.0', 'first.yaml', 'second.yaml']) expect(body).toContain(shown.replace('.yaml', ''));
  });
});
