import { personName } from '@sluice/kernel';
import { DecidePromotion } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import type { Shop } from '../world.fixture.js';
import { rightsSteps } from './rights.fixture.js';

const MANAGERS = '      merge: manual\n      approvals: { required: 1, from: [group:release-managers] }';
const GLASS = '      merge: manual\n      approvals: { required: 1, from: ["*"] }\n      emergency: { required: 1, from: [group:sre] }';
const ROLES = '    - { role: promoter, who: [group:developers], applications: ["*"], environments: ["*"] }';
const MINUTE = 60_000;

describeBothWorlds('a right that ends by itself', (world) => {
  const { release, isLive, listed, delegate, breakGlass } = rightsSteps(world);

  /** Time passes: nobody pushed, nothing was swept, only timers that are due go off. */
  const later = async (minutes: number): Promise<void> => world().setClock(new Date(world().ports.clock() + minutes * MINUTE).toISOString());
  const approvals = async (shop: Shop) => (await shop.current('checkout', 'prod'))?.verdicts.find(({ gate }) => gate === 'approvals');
  const stateOf = async (shop: Shop) => (await shop.current('checkout', 'prod'))?.state;
  const merge = async (shop: Shop, person: string): Promise<void> => {
    const promotion = await shop.current('checkout', 'prod');
    await new DecidePromotion(world().ports).merge({ repository: shop.id, promotion: promotion!.id, digest: promotion!.candidate.digest, person: personName(person) });
    await shop.workOff();
  };
  const shown = async (shop: Shop) => {
    const promotion = await shop.current('checkout', 'prod');
    const statuses = await world().ports.statuses.list(shop.id, promotion!.candidate.head);
    const body = (await shop.requests()).find(({ number }) => number === promotion!.change?.number)?.body ?? '';
    return { status: statuses.find(({ context }) => context === 'sluice/approvals')?.description, body };
  };

  it('takes what was approved by a delegation back right at its end, and says loudly while it lasts what an approval rests on', async () => {
    const shop = await release(MANAGERS);
    const right = await delegate(shop, 'grace', 'eve');
    await shop.approve('checkout', 'prod', 'eve');
    expect(await stateOf(shop)).toBe('ready');
    expect(await approvals(shop)).toMatchObject({ outcome: 'pass', message: 'DELEGATED: eve for grace (away): approved by eve for grace', evidence: { delegated: 'eve for grace (away)' }, restsUntil: right.until });
    expect(await shown(shop)).toMatchObject({ status: 'DELEGATED: eve for grace (away): approved by eve for grace', body: expect.stringContaining('⚠️ **delegated**') as string });
    await later(59);
    await shop.workOff();
    expect(await stateOf(shop)).toBe('ready');
    await later(2);
    await shop.workOff();
    expect(await stateOf(shop)).toBe('open');
    expect(await approvals(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('0 of 1 given') as string });
    expect(await listed(shop)).toMatchObject([{ person: 'eve', counts: false, why: expect.stringContaining('the delegation by grace ended') as string }]);
    expect((await shown(shop)).body).not.toContain('delegated');
  });

  it('merges nothing that was approved by it when somebody clicks right after its end, before anything was looked at', async () => {
    const shop = await release(MANAGERS);
    await delegate(shop, 'grace', 'eve');
    await shop.approve('checkout', 'prod', 'eve');
    await later(61);
    await merge(shop, 'ada');
    expect(await isLive(shop)).toBe(false);
    expect(await stateOf(shop)).toBe('open');
  });

  it('is break-glass as well', async () => {
    const shop = await release(GLASS, ROLES);
    const glass = await breakGlass(shop, 'eve');
    await shop.approve('checkout', 'prod', 'eve');
    expect(await approvals(shop)).toMatchObject({ outcome: 'pass', message: 'BREAK-GLASS by eve (incident 7): approved by eve', restsUntil: glass.until });
    expect(await shown(shop)).toMatchObject({ status: 'BREAK-GLASS by eve (incident 7): approved by eve', body: expect.stringContaining('⚠️ **by break-glass**') as string });
    expect((await shop.why('checkout', 'prod')).flatMap(({ verdicts }) => verdicts).map(({ message }) => message)).toContain('BREAK-GLASS by eve (incident 7): approved by eve');
    await later(61);
    await shop.workOff();
    expect(await approvals(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('eve is no approver here any more') as string });
    expect(await isLive(shop)).toBe(false);
  });
});
