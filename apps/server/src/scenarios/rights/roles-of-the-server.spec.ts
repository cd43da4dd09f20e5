import { Conflict, personName } from '@sluice/kernel';
import { assertMayBring, assertMayClose, assertMayTurn, DecidePromotion, promotionOfChange, SettleChange } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { rightsSteps } from './rights.fixture.js';

const ANYBODY = '      approvals: { required: 2, from: ["*"] }';
const ROLES = '    - { role: promoter, who: [group:developers], applications: ["*"], environments: ["*"] }';

describeBothWorlds('a role of the server’s settings', (world) => {
  const { release, isLive, listed, grant, revoke } = rightsSteps(world);

  it('counts besides those of the pipeline file, and what was approved under it no longer counts when it is taken back', async () => {
    const shop = await release(ANYBODY, ROLES);
    await expect(shop.approve('checkout', 'prod', 'eve')).rejects.toThrow('you are not approver of checkout in prod: only approvers of checkout in prod may approve');
    const role = await grant('sre');
    await shop.approve('checkout', 'prod', 'eve');
    expect(await listed(shop)).toMatchObject([{ person: 'eve', counts: true }]);
    await revoke(role.id);
    await shop.settle();
    expect(await listed(shop)).toMatchObject([{ person: 'eve', counts: false, why: 'eve is no approver here any more' }]);
    expect((await shop.current('checkout', 'prod'))!.verdicts.find(({ gate }) => gate === 'approvals')?.message).toContain('0 of 2 given');
    expect(await isLive(shop)).toBe(false);
  });

  it('says in a refusal who may, by name', async () => {
    const shop = await release(ANYBODY, ROLES);
    const role = await grant('release-managers');
    await expect(shop.approve('checkout', 'prod', 'eve')).rejects.toThrow('group release-managers (grace), or an admin of the server');
    await revoke(role.id);
  });

  it('is not gone around by the button of a request on the built-in forge: to merge and to close it decides on its promotion', async () => {
    const shop = await release('      merge: manual', `${ROLES.replace('environments: ["*"]', 'environments: [dev, qa]')}\n    - { role: promoter, who: [group:release-managers], applications: ["*"], environments: [prod] }`);
    const settle = new SettleChange(new DecidePromotion(world().ports));
    const promotion = (await shop.current('checkout', 'prod'))!;
    expect(await promotionOfChange(world().ports.promotions, { repository: shop.id, number: promotion.change!.number })).toMatchObject({ id: promotion.id, state: 'ready' });
    const merge = (by: string, expectedHead = promotion.candidate.head) => settle.merge(promotion, { by: personName(by), expectedHead });
    await expect(merge('bob')).rejects.toThrow('you are not promoter of checkout in prod');
    await expect(settle.close(promotion, { by: personName('bob'), reason: 'no', door: 'api' })).rejects.toThrow('you are not promoter of checkout in prod');
    await expect(merge('grace', promotion.candidate.onto)).rejects.toThrow(Conflict);
    await merge('grace');
    await shop.settle();
    expect(await isLive(shop)).toBe(true);
    // nor by a request of one's own from the same branch
    const bob = (await world().ports.people.get(personName('bob')))!;
    await expect(assertMayBring(world().ports, shop.id, bob, 'prod')).rejects.toThrow('you have no role in prod: bring the change by promotion');
    await expect(assertMayBring(world().ports, shop.id, bob, 'dev')).resolves.toBeUndefined();
    // nor by changing the roles
    await expect(assertMayBring(world().ports, shop.id, bob, 'main')).rejects.toThrow('the pipeline file is on main: only admins of the whole repository may change the pipeline file: an admin of the server (root)');
    await expect(assertMayBring(world().ports, shop.id, (await world().ports.people.get(personName('root')))!, 'main')).resolves.toBeUndefined();
  });

  it('is asked when a request becomes a draft or ready, and for closing the draft of a conflict', async () => {
    const { ports, forge } = world();
    const shop = await release('      merge: manual', `${ROLES.replace('environments: ["*"]', 'environments: [dev, qa]')}\n    - { role: promoter, who: [group:release-managers], applications: ["*"], environments: [prod] }`);
    const [bob, grace] = [(await ports.people.get(personName('bob')))!, (await ports.people.get(personName('grace')))!];
    const request = { repository: shop.id, number: (await shop.current('checkout', 'prod'))!.change!.number };
    await expect(assertMayTurn(ports, { ...request, draft: true }, bob)).rejects.toThrow(`request ${request.number} promotes checkout to prod: you may not make it a draft: only promoters of checkout in prod`);
    await assertMayTurn(ports, { ...request, draft: true }, grace);
    // its conflict is a draft of the same request
    await shop.commit('prod', { [CHECKOUT]: deployment('checkout', { tag: '1.9' }) }, { as: 'grace' });
    await shop.settle();
    const draft = { repository: shop.id, number: (await shop.lane('checkout', 'prod'))!.draft!.change!.number };
    expect(await forge.changes.get(shop.id, draft.number)).toMatchObject({ draft: true, state: 'open' });
    await expect(assertMayTurn(ports, { ...draft, draft: false }, bob)).rejects.toThrow('you may not mark it as ready: only promoters of checkout in prod may promote: group release-managers (grace)');
    await expect(assertMayClose(ports, draft, bob)).rejects.toThrow('you may not close it: only promoters of checkout in prod');
    await assertMayTurn(ports, { ...draft, draft: false }, grace);
    await assertMayClose(ports, draft, grace);
    // any other request is work on requests
    await expect(assertMayClose(ports, { repository: shop.id, number: 9_999 }, bob)).resolves.toBeUndefined();
  });
});
