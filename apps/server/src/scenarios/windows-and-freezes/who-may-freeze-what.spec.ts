import { Forbidden, InvalidInput, NotFound } from '@sluice/kernel';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import { NOON, TWO_HOURS, freezeSteps, order } from './frozen.fixture.js';

describeBothWorlds('freezes that somebody orders', (world) => {
  const { orders } = freezeSteps(world);

  beforeEach(() => world().setClock(NOON));

  it('are made and lifted only by those who may promote everything that they concern', async () => {
    const roles = '  roles:\n    - { role: promoter, who: [group:developers], environments: [qa] }\n    - { role: promoter, who: ["person:grace"], environments: [prod], applications: [cart] }\n';
    const files = branches();
    const shop = await world().repository({ ...files, main: { 'sluice.yaml': `${files['main']?.['sluice.yaml']}${roles}` } });
    const freeze = (scope: Parameters<typeof order>[1], person: string) => orders().freeze({ ...order(shop, scope, person), end: TWO_HOURS });
    await expect(freeze({ environment: 'prod' }, 'ada')).rejects.toThrow(Forbidden);
    await expect(freeze({}, 'ada')).rejects.toThrow(Forbidden);
    await expect(freeze({ environment: 'prod' }, 'grace')).rejects.toThrow(Forbidden);
    await expect(freeze({ environment: 'qa' }, 'eve')).rejects.toThrow(Forbidden);
    await freeze({ environment: 'qa' }, 'ada');
    await freeze({ environment: 'prod', application: 'cart' }, 'grace');
    await freeze({}, 'root');
    await expect(orders().lift(order(shop, {}, 'ada'))).rejects.toThrow(Forbidden);
    expect(await orders().list(shop.id)).toHaveLength(3);
  });

  it.each([
    ['of an environment that is not there', { environment: 'staging', end: TWO_HOURS }, NotFound, 'there is no environment staging; there are dev, qa, prod'],
    ['of an environment where changes begin', { environment: 'dev', end: TWO_HOURS }, NotFound, 'nothing is promoted to dev'],
    ['of an application that is not there', { environment: 'qa', application: 'chekout', end: TWO_HOURS }, NotFound, 'there is no application chekout'],
    ['that is over already', { environment: 'qa', end: { lasting: 0 } }, InvalidInput, 'it would end before it begins'],
  ])('%s are refused', async (_what, { end, ...scope }, kind, message) => {
    const shop = await world().repository(branches());
    const refused = orders().freeze({ ...order(shop, scope), end });
    await expect(refused).rejects.toThrow(kind);
    await expect(refused).rejects.toThrow(message);
  });
});
