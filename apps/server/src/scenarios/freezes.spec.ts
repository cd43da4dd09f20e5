import { Forbidden, InvalidInput, NotFound, applicationName, environmentName, personName } from '@sluice/kernel';
import { DecidePromotion, FreezeLanes, ReadMatrix, ReadWhy, UnownedPaths } from '@sluice/usecases';
import type { FreezeEnd } from '@sluice/usecases';
import { describeBothWorlds } from './describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { Shop } from './world.fixture.js';

const TWO_HOURS: FreezeEnd = { lasting: 2 * 3_600_000 };
const NOON = '2026-01-07T12:00:00Z';

describeBothWorlds('freezes', (world) => {
  const orders = (): FreezeLanes => new FreezeLanes(world().ports);
  const order = (shop: Shop, scope: { readonly environment?: string; readonly application?: string }, person = 'grace') => ({
    repository: shop.id,
    ...(scope.environment === undefined ? {} : { environment: environmentName(scope.environment) }),
    ...(scope.application === undefined ? {} : { application: applicationName(scope.application) }),
    person: personName(person),
    reason: 'incident 7',
  });
  const why = (shop: Shop) => new ReadWhy(world().ports, world().ports.clock).run({ repository: shop.id });
  const release = async (shop: Shop, tag: string): Promise<void> => {
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }), [CART]: deployment('cart', { tag }) });
    await shop.settle();
  };
  const tagIn = async (shop: Shop, branch: string, file = CHECKOUT) => /:(\d\.\d)\n/.exec((await shop.file(branch, file)) ?? '')?.[1];

  beforeEach(() => world().setClock(NOON));

  it('hold merges into an environment, not requests, and say who, until when and why; they end by themselves', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, { environment: 'prod' }), end: TWO_HOURS });
    await release(shop, '2.0');
    const current = await shop.current('checkout', 'prod');
    const message = 'frozen by grace until Wed 2026-01-07 14:00 UTC: incident 7';
    expect(current).toMatchObject({ state: 'open', verdicts: [{ gate: 'freeze', outcome: 'wait', message, clearedBy: 'time, or a promoter with sluice unfreeze' }] });
    expect((await shop.requests()).find(({ number }) => number === current?.change?.number)?.body).toContain('incident 7');
    expect((await why(shop)).items).toContainEqual(expect.objectContaining({ environment: 'prod', condition: 'frozen', message }));
    expect(await tagIn(shop, 'qa')).toBe('2.0');

    await world().setClock('2026-01-07T13:59:00Z');
    await shop.settle();
    expect(await tagIn(shop, 'prod')).toBe('1.0');
    await world().setClock('2026-01-07T14:01:00Z');
    await shop.workOff();
    expect([await tagIn(shop, 'prod'), await tagIn(shop, 'prod', CART)]).toEqual(['2.0', '2.0']);
    expect((await why(shop)).items.filter(({ condition }) => condition === 'frozen' || condition === 'open')).toEqual([]);
  });

  it('are lifted by a person, and what was ready merges at once', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, { environment: 'prod' }), end: { untilLifted: true } });
    await release(shop, '2.0');
    expect(await shop.current('checkout', 'prod')).toMatchObject({ verdicts: [{ message: 'frozen by grace until it is lifted: incident 7', clearedBy: 'a promoter, with sluice unfreeze' }] });
    await orders().lift(order(shop, { environment: 'prod' }, 'bob'));
    await shop.workOff();
    expect(await tagIn(shop, 'prod')).toBe('2.0');
    await expect(orders().lift(order(shop, { environment: 'prod' }))).rejects.toThrow(NotFound);
  });

  it('stop a merge that was ready, and one that was already asked for', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    const ready = (await shop.current('checkout', 'prod'))!;
    expect(ready.state).toBe('ready');
    await new DecidePromotion(world().ports).merge({ repository: shop.id, promotion: ready.id, digest: ready.candidate.digest, person: personName('ada') });
    await orders().freeze({ ...order(shop, { environment: 'prod' }), end: TWO_HOURS });
    await shop.workOff();
    expect((await shop.current('checkout', 'prod'))?.timeline).toContainEqual(expect.objectContaining({ what: 'merge refused', detail: expect.stringContaining('frozen by grace') }));
    expect((await shop.current('cart', 'prod'))?.state).toBe('open');
    expect(await tagIn(shop, 'prod')).toBe('1.0');
    const ofCart = (await shop.current('cart', 'prod'))!.candidate.head;
    expect((await world().forge.statuses.list(shop.id, ofCart)).find(({ context }) => context === 'sluice/ready')?.state).toBe('pending');
  });

  it('of one application leave the others alone', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, { environment: 'qa', application: 'checkout' }), end: TWO_HOURS });
    await release(shop, '2.0');
    expect([await tagIn(shop, 'qa', CHECKOUT), await tagIn(shop, 'qa', CART)]).toEqual(['1.0', '2.0']);
  });

  it('of everything are the pause of an incident: nothing merges anywhere, and goes on where it was', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, {}), end: { untilLifted: true } });
    await release(shop, '2.0');
    expect(await tagIn(shop, 'qa')).toBe('1.0');
    expect((await why(shop)).items.filter(({ condition }) => condition === 'frozen').map(({ environment }) => environment)).toEqual(['qa', 'prod']);
    const matrix = await new ReadMatrix({ ...world().ports, unownedPaths: new UnownedPaths(world().ports.mirrors) }, world().ports.clock).run(shop.id);
    expect(matrix.freezes).toMatchObject([{ by: 'grace', reason: 'incident 7' }]);
    await orders().lift(order(shop, {}));
    await shop.workOff();
    expect([await tagIn(shop, 'qa'), await tagIn(shop, 'prod')]).toEqual(['2.0', '2.0']);
  });

  it('let through what only records what is there already', async () => {
    const shop = await world().repository(branches());
    await orders().freeze({ ...order(shop, { environment: 'qa' }), end: TWO_HOURS });
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 2 }) });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
    expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(await shop.head('dev'));
  });

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
