import { applicationName, environmentName, personName } from '@sluice/kernel';
import { AdvanceLane, DecidePromotion, ReadApprovals, type Transactions } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import { text } from './released.fixture.js';

const SRE = '      emergency: { required: 1, from: [group:release-managers] }';

describeWorlds('a rollback', (world) => {
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
    const files = branches({ qa: SRE, prod: '      merge: manual' });
    // nobody is an approver
    const roles = '  roles:\n    - { role: promoter, who: [group:developers, group:release-managers], applications: ["*"], environments: ["*"] }\n';
    const shop = await world().repository({ ...files, main: { 'sluice.yaml': `${String(files['main']?.['sluice.yaml'])}${roles}` } });
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
    const { items } = await new ReadApprovals(world().ports).run({ repository: shop.id, application: applicationName('checkout'), environment: environmentName('qa') });
    expect(items.filter(({ decision }) => decision === 'approved')).toMatchObject([{ person: 'grace', counts: true }]);
  });

  it.each([
    ['the emergency policy', SRE],
    ['the approvals', '      approvals: { required: 1, from: [group:release-managers] }'],
  ])('is not merged when whoever approved it is no longer named by %s once it is to be merged', async (_, policy) => {
    const { ports } = world();
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    await shop.commit('main', { 'sluice.yaml': branches({ qa: policy, prod: '      merge: manual' })['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    await shop.rollBack('checkout', 'qa', { as: 'ada' });
    const rollback = (await shop.current('checkout', 'qa'))!;
    expect(rollback).toMatchObject({ state: 'open', candidate: { kind: 'rollback' } });
    const grace = (await ports.people.get(personName('grace')))!;
    await new DecidePromotion(ports).approve({ repository: shop.id, promotion: rollback.id, digest: rollback.candidate.digest, person: grace.name, comment: '', door: 'api' });
    let passed = false;
    // between the moment at which its gates have passed and the merge
    const run: Transactions['run'] = async (work, options) => {
      const done = await ports.transactions.run(work, options);
      if (!passed && (await ports.promotions.get(shop.id, rollback.id))?.state === 'merging') {
        passed = true;
        await ports.people.save({ ...grace, groups: [] });
      }
      return done;
    };
    await new AdvanceLane({ ...ports, transactions: { run } }).run({ repository: shop.id, application: applicationName('checkout'), target: environmentName('qa') });
    await shop.settle();
    expect(passed).toBe(true);
    expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
    expect(await shop.current('checkout', 'qa')).toMatchObject({ id: rollback.id, state: 'open', verdicts: [{ outcome: 'wait' }] });
    await ports.people.save(grace);
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(text('1.0'));
  });

  it('is not forgotten when it is ordered while a worker has the lane in hand', async () => {
    const { ports } = world();
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    const [newest] = await shop.promotions('checkout', 'qa');
    await release(shop, '3.0');
    const lane = { repository: shop.id, application: applicationName('checkout'), target: environmentName('qa') };
    const seen = (await ports.promotions.lane(lane))!;
    // so that the worker has something to write
    await ports.promotions.saveLane({ ...seen, message: 'it was not looked at yet' });
    let ordered = false;
    // between what the worker has seen and what it stores
    const run: Transactions['run'] = async (work, options) => {
      if (options?.lease && !ordered) {
        ordered = true;
        await ports.promotions.saveLane({ ...seen, attempt: seen.attempt + 1, rollback: { to: newest!.id, by: personName('grace'), reason: 'it burns', at: ports.clock() } });
      }
      return ports.transactions.run(work, options);
    };
    await new AdvanceLane({ ...ports, transactions: { run } }).run(lane);
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
  });
});
