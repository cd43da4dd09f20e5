import { Conflict, personName } from '@sluice/kernel';
import { FreezeLanes } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { EMERGENCY, GATES, emergencySteps, outcomes } from './released.fixture.js';

describeWorlds('an emergency', (world) => {
  const { released, override } = emergencySteps(world);

  beforeEach(() => world().setClock('2026-01-07T12:00:00Z'));

  it('lets its people override one gate, and everybody sees who, why and what the gate said', async () => {
    const shop = await released(`${GATES}\n${EMERGENCY}`);
    const { cursor } = await world().store.events.after(undefined, 1);
    await override(shop, 'unit');
    expect(await outcomes(shop)).toEqual(['unit: pass', 'board: wait']);
    const current = (await shop.current('checkout', 'prod'))!;
    const message = `overridden by eve: site is down (it said: no status ci/test on ${current.candidate.source.slice(0, 10)} yet)`;
    expect(current.verdicts[0]).toMatchObject({ message, evidence: { overridden: 'wait', overriddenBy: 'eve' } });
    expect(current.timeline).toContainEqual(expect.objectContaining({ what: 'gate overridden', by: 'eve', detail: `unit: ${message}` }));
    const request = (await shop.requests()).find(({ number }) => number === current.change?.number);
    expect(request?.body).toContain('| unit | ⚠️ **overridden** | overridden by eve: site is down');
    expect(request?.body.trimEnd().split('\n').at(-1)).toContain(`<!-- sluice:promotion ${current.id}`);
    expect(await world().forge.statuses.list(shop.id, current.candidate.head)).toContainEqual(expect.objectContaining({ context: 'sluice/unit', state: 'success', description: message.slice(0, 140) }));
    const events = (await world().store.events.after(cursor, 1_000)).events.filter(({ promotion }) => promotion === current.id).map(({ type }) => type);
    expect(events).toEqual(expect.arrayContaining(['promotion.overridden', 'gate.overridden']));
    await override(shop, 'board');
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:2.0');
  });

  it('overrides closed windows and a freeze, each by itself', async () => {
    await world().setClock('2026-01-10T12:00:00Z');
    const shop = await released(`      windows: [{ deny: "Sat,Sun" }]\n${EMERGENCY}`);
    await new FreezeLanes(world().ports).freeze({ repository: shop.id, person: personName('grace'), reason: 'audit', end: { untilLifted: true } });
    await shop.settle();
    await override(shop, 'windows');
    expect(await outcomes(shop)).toEqual(['windows: pass', 'freeze: wait']);
    await override(shop, 'freeze');
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:2.0');
  });

  it('binds to the digest: what comes next waits again, and an old word is refused', async () => {
    const shop = await released(`${GATES}\n${EMERGENCY}`);
    const old = (await shop.current('checkout', 'prod'))!.candidate.digest;
    await override(shop, 'board');
    expect(await outcomes(shop)).toEqual(['unit: wait', 'board: pass']);
    await released('', '3.0', shop);
    expect(await outcomes(shop)).toEqual(['unit: wait', 'board: wait']);
    await expect(override(shop, 'unit', 'eve', { digest: old })).rejects.toThrow(Conflict);
  });

  it('takes two people where the policy says so, who are two', async () => {
    const shop = await released(`${GATES}\n      emergency: { required: 2, from: [group:sre] }`);
    await override(shop, 'unit');
    expect((await shop.current('checkout', 'prod'))?.verdicts[0]).toMatchObject({ outcome: 'wait', message: expect.stringContaining('(1 of 2 overrides given, by eve)') });
    await expect(override(shop, 'unit')).rejects.toThrow('you have overridden it');
    await override(shop, 'unit', 'sam');
    expect((await shop.current('checkout', 'prod'))?.verdicts[0]).toMatchObject({ outcome: 'pass', evidence: { overriddenBy: 'eve, sam' } });
  });

  it('overrides approvals where the policy names them', async () => {
    const shop = await released(`      approvals: { required: 2, from: [group:release-managers] }\n      emergency: { required: 1, from: [group:sre], also: [approvals] }`);
    await override(shop, 'approvals');
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:2.0');
  });
});
