import { personName } from '@sluice/kernel';
import { DeactivatePerson } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { rightsSteps } from './rights.fixture.js';

const MANAGERS = '      approvals: { required: 1, from: [group:release-managers] }';
const TWO = '      approvals: { required: 2, from: [group:release-managers] }';

describeBothWorlds('a delegated right', (world) => {
  const { release, isLive, listed, delegate, end, events } = rightsSteps(world);

  it('lets somebody approve for who gave it, and says so', async () => {
    const shop = await release(MANAGERS);
    await expect(shop.approve('checkout', 'prod', 'eve')).rejects.toThrow('only group release-managers may approve');
    await delegate(shop, 'grace', 'eve');
    await shop.approve('checkout', 'prod', 'eve');
    expect(await isLive(shop)).toBe(true);
    expect(await listed(shop)).toMatchObject([{ person: 'eve', for: 'grace' }]);
    expect((await events(shop)).map(({ type }) => type)).toContain('delegation.added');
  });

  it('is of no use to the author of the change', async () => {
    const shop = await release(MANAGERS);
    await delegate(shop, 'grace', 'bob');
    await expect(shop.approve('checkout', 'prod', 'bob')).rejects.toThrow('an author may not approve');
  });

  it('is not passed on', async () => {
    const shop = await release(MANAGERS);
    await delegate(shop, 'grace', 'eve');
    await delegate(shop, 'eve', 'sam');
    await expect(shop.approve('checkout', 'prod', 'sam')).rejects.toThrow('only group release-managers may approve');
  });

  it('ends when its giver says so: what was approved by it no longer counts', async () => {
    const shop = await release(TWO);
    const right = await delegate(shop, 'grace', 'eve');
    await shop.approve('checkout', 'prod', 'eve');
    expect(await listed(shop)).toMatchObject([{ person: 'eve', counts: true, for: 'grace' }]);
    await end(shop, right.id, 'grace');
    await shop.settle();
    expect(await listed(shop)).toMatchObject([{ person: 'eve', counts: false, why: expect.stringContaining('the delegation by grace ended') as string }]);
  });

  it('ends with whoever gave it or got it, when they are deactivated, and does not come back with them', async () => {
    const shop = await release(TWO);
    const leaving = new DeactivatePerson({ ...world().ports, slackLinks: world().store.slackLinks });
    const order = { person: personName('grace'), by: personName('root'), reason: 'has left' };
    await delegate(shop, 'grace', 'eve');
    await shop.approve('checkout', 'prod', 'eve');
    await leaving.deactivate(order);
    await expect(delegate(shop, 'root', 'grace')).rejects.toThrow('grace was deactivated by root');
    await leaving.reactivate(order);
    await shop.settle();
    expect(await listed(shop)).toMatchObject([{ person: 'eve', counts: false, why: expect.stringContaining('the delegation by grace ended') as string }]);
    expect((await events(shop)).filter(({ type }) => type === 'delegation.ended').map(({ message }) => message)).toEqual(['root ended the delegation by grace to eve in prod: grace was deactivated']);
  });
});
