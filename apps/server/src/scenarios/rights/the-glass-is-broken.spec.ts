import { personName } from '@sluice/kernel';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { rightsSteps } from './rights.fixture.js';

const EMERGENCY = '      merge: manual\n      emergency: { required: 1, from: [group:sre] }';
const BY_TWO = '      merge: manual\n      emergency: { required: 2, from: [group:sre] }';
const ROLES = '    - { role: promoter, who: [group:release-managers], applications: ["*"], environments: ["*"] }';

describeBothWorlds('break-glass', (world) => {
  const { release, breakGlass, end, events } = rightsSteps(world);

  it('is for whom the emergency policy names, and for nobody else', async () => {
    const shop = await release(EMERGENCY, ROLES);
    await expect(breakGlass(shop, 'bob')).rejects.toThrow('only those whom the emergency policy of prod names may break the glass: group sre (eve, sam)');
  });

  it('gives a role until it ends, and everything under it is told', async () => {
    const shop = await release(EMERGENCY, ROLES);
    await expect(shop.promote('checkout', 'prod', 'eve')).rejects.toThrow('you are not promoter of checkout in prod');
    const glass = await breakGlass(shop, 'eve');
    expect(await shop.promote('checkout', 'prod', 'eve')).toBe('opened');
    await end(shop, glass.id, 'eve');
    await expect(shop.promote('checkout', 'prod', 'eve')).rejects.toThrow('you are not promoter of checkout in prod');
    const told = (await events(shop)).filter(({ type }) => type.startsWith('break-glass.'));
    expect(told.map(({ type }) => type)).toEqual(['break-glass.opened', 'break-glass.used', 'break-glass.ended']);
    expect(told[1]?.message).toBe('eve may promote by break-glass only: incident 7');
  });

  it('is nobody else’s: the others of the policy break it themselves', async () => {
    const shop = await release(EMERGENCY, ROLES);
    await breakGlass(shop, 'eve');
    await expect(shop.promote('checkout', 'prod', 'sam')).rejects.toThrow('you are not promoter');
    await expect(breakGlass(shop, 'eve')).rejects.toThrow('already');
  });

  it('is closed for whom the policy no longer names, also where it takes two', async () => {
    const shop = await release(BY_TWO, ROLES);
    await breakGlass(shop, 'eve');
    await breakGlass(shop, 'sam');
    expect(await shop.promote('checkout', 'prod', 'sam')).toBe('opened');
    const eve = await world().ports.people.get(personName('eve'));
    await world().ports.people.save({ ...eve!, groups: [] });
    for (const person of ['eve', 'sam']) await expect(shop.promote('checkout', 'prod', person)).rejects.toThrow('you are not promoter');
    await world().ports.people.save(eve!);
  });

  it('takes as many people as the emergency policy requires, and is closed again when one of them ends theirs', async () => {
    const shop = await release(BY_TWO, ROLES);
    expect(await breakGlass(shop, 'eve')).toMatchObject({ missing: 1 });
    await expect(shop.promote('checkout', 'prod', 'eve')).rejects.toThrow('you are not promoter of checkout in prod');
    expect((await events(shop)).find(({ type }) => type === 'break-glass.opened')?.message).toContain('eve ASKS TO BREAK THE GLASS of prod (1 of 2: group sre by sluice break-glass prod)');
    await expect(breakGlass(shop, 'bob')).rejects.toThrow('only those whom the emergency policy of prod names');
    const second = await breakGlass(shop, 'sam');
    expect(second).not.toHaveProperty('missing');
    for (const person of ['eve', 'sam']) expect(await shop.promote('checkout', 'prod', person)).toBe('opened');
    await end(shop, second.id, 'sam');
    for (const person of ['eve', 'sam']) await expect(shop.promote('checkout', 'prod', person)).rejects.toThrow('you are not promoter');
  });
});
