import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { MANUAL, SET, both, prodImage, setSteps } from './set.fixture.js';

const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true, excludeRequester: true }';

describeWorlds('a release set that people decide on', (world) => {
  const { repository } = setSteps(world);

  it('is approved once, by nobody who wrote any of it', async () => {
    const shop = await repository({ prod: APPROVED });
    await shop.commit('dev', { [CHECKOUT]: both[CHECKOUT] }, { as: 'ada' });
    await shop.commit('dev', { [CART]: both[CART] }, { as: 'grace' });
    await shop.settle();
    expect((await shop.current('checkout', 'prod'))?.authors.map(({ person }) => person).sort()).toEqual(['ada', 'grace']);
    await expect(shop.approve('checkout', 'prod', 'grace')).rejects.toThrow('an author may not approve');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '1.0'));
  });

  it('is for people who may promote all of it', async () => {
    const roles = '  roles:\n    - { role: approver, who: [group:release-managers], applications: [checkout], environments: [prod] }\n    - { role: promoter, who: [group:developers], environments: [qa] }\n';
    const shop = await repository({ prod: APPROVED }, `${SET}${roles}`);
    await shop.commit('dev', both);
    await shop.settle();
    await expect(shop.approve('checkout', 'prod', 'grace')).rejects.toThrow('you are not approver of cart in prod');
    await expect(shop.promote('checkout', 'prod', 'grace')).rejects.toThrow('you are not promoter of cart in prod');
  });

  it('is closed as one, and offered again when one of them changes', async () => {
    const shop = await repository({ prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    await shop.reject('checkout', 'prod', 'ada');
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'closed' });
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('rejected by ada: not this') });
    await shop.settle();
    expect(await shop.current('checkout', 'prod')).toBeUndefined();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.1' }) });
    await shop.settle();
    expect((await shop.current('checkout', 'prod'))?.candidate.members).toHaveLength(2);
  });
});
