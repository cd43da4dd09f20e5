import { Conflict, Forbidden, NotFound, personName } from '@sluice/kernel';
import { DecidePromotion, FreezeLanes, permittedActions } from '@sluice/usecases';
import { describeWorlds } from './describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { Shop } from './world.fixture.js';

interface Refused {
  readonly gate: string;
  readonly person?: string;
  readonly kind?: typeof Forbidden | typeof NotFound;
}

const EMERGENCY = '      emergency: { required: 1, from: [group:sre] }';
const GATES = '      gates: [{ name: unit, type: check, context: ci/test }, { name: board, type: manual }]';

describeWorlds('an emergency', (world) => {
  const released = async (prod: string, tag = '2.0', known?: Shop): Promise<Shop> => {
    const shop = known ?? (await world().repository(branches({ prod })));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }) });
    await shop.settle();
    return shop;
  };
  const override = async (shop: Shop, gate: string, person = 'eve', fields: { readonly digest?: string } = {}) => {
    const { id, candidate } = (await shop.current('checkout', 'prod'))!;
    const digest = (fields.digest ?? candidate.digest) as typeof candidate.digest;
    await new DecidePromotion(world().ports).override({ repository: shop.id, promotion: id, digest, person: personName(person), gate, reason: 'site is down', door: 'cli' });
    await shop.settle();
  };
  const outcomes = async (shop: Shop) => (await shop.current('checkout', 'prod'))?.verdicts.map(({ gate, outcome }) => `${gate}: ${outcome}`);

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

  it.each([
    ['somebody else, even an admin', EMERGENCY, { gate: 'unit', person: 'root' }, 'only group sre may override it, in an emergency'],
    ['anybody where there is no policy', '', { gate: 'unit' }, 'prod has no emergency policy'],
    ['anybody for approvals that the policy does not name', EMERGENCY, { gate: 'approvals' }, 'the emergency policy of prod does not name approvals'],
    ['anybody for a gate that is not there', EMERGENCY, { gate: 'unti', kind: NotFound }, 'it has no gate unti; its gates are unit, board, approvals'],
  ])('is not for %s', async (_who, emergency, { gate, person = 'eve', kind = Forbidden }: Refused, message) => {
    const shop = await released(`${GATES}\n      approvals: { required: 1, from: [group:release-managers] }\n${emergency}`);
    const refused = override(shop, gate, person);
    await expect(refused).rejects.toThrow(kind);
    await expect(refused).rejects.toThrow(message);
    expect((await outcomes(shop))?.[0]).toBe('unit: wait');
  });

  it('overrides approvals where the policy names them', async () => {
    const shop = await released(`      approvals: { required: 2, from: [group:release-managers] }\n      emergency: { required: 1, from: [group:sre], also: [approvals] }`);
    await override(shop, 'approvals');
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:2.0');
  });

  it('never takes a commit on the request that Sluice did not make', async () => {
    const shop = await released(`${GATES}\n${EMERGENCY}`);
    await shop.commit('sluice/promote/prod/checkout', { [CHECKOUT]: deployment('checkout', { tag: '9.9' }) });
    await shop.settle();
    await override(shop, 'unit');
    await override(shop, 'board');
    await expect(override(shop, 'branch')).rejects.toThrow('branch is never overridden');
    expect(await outcomes(shop)).toContain('branch: fail');
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:1.0');
  });

  it('offers the override to its people only, and only for what does not pass', async () => {
    const shop = await released(`      gates: [{ name: board, type: manual }]\n      windows: [{ deny: "Sat,Sun" }]\n${EMERGENCY}`);
    const promotion = (await shop.current('checkout', 'prod'))!;
    const pipeline = (await world().ports.repositories.pipeline(shop.id))!.pipeline!;
    const offered = async (name: string) => permittedActions({ pipeline, promotion, approvals: [], person: (await world().ports.people.get(personName(name)))! }).filter((action) => action.name === 'override');
    expect(await offered('eve')).toEqual([{ name: 'override', allowed: true, gate: 'board' }]);
    expect(await offered('grace')).toEqual([{ name: 'override', allowed: false, reason: 'only group sre may override it, in an emergency', gate: 'board' }]);
  });
});
