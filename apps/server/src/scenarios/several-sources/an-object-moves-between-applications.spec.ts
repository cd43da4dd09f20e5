import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { checkoutIn } from '../diamond.fixture.js';
import { copiesIn } from '../moves/copies.fixture.js';
import { CART, CHECKOUT } from '../shop.fixture.js';
import { DATABASE, LONG, MANUAL, TWO, cartIn, databaseIn, liveShop, mergeOpen } from './database.fixture.js';

const MOVED = 'apps/cart/database.yaml';
const MOVE = { [DATABASE]: null, [MOVED]: databaseIn('dev', '15') };

describeInEveryWay('an object that moves between applications, into an environment with several sources', (world, way) => {
  it.each(['[qa, perf]', '{ any: [qa, perf] }'])('from %s goes in one request, and what each environment owns goes with it', async (from) => {
    const shop = await liveShop(world(), { from }, way);
    await shop.commit('dev', { ...MOVE, [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.sync('qa');
    await shop.sync('perf');
    expect(await shop.file('prod', MOVED)).toBe(databaseIn('prod', '15'));
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    for (const branch of ['qa', 'perf', 'prod']) expect(await copiesIn(shop, branch)).toEqual(new Set([1]));
    const [promotion] = await shop.promotions('cart', 'prod');
    expect(promotion).toMatchObject({ application: 'checkout', candidate: { members: [{ application: 'checkout' }, { application: 'cart' }] } });
    for (const application of ['checkout', 'cart']) expect(await shop.lane(application, 'prod')).toMatchObject({ condition: 'in-sync' });
  }, LONG);

  way.once('waits where one of the two has been live with it in all of them and the other has not', async () => {
    const shop = await liveShop(world(), { perf: `${MANUAL}\n      onNewSource: wait` }, way);
    await shop.commit('dev', MOVE);
    await shop.settle();
    // in qa cart is replaced before any agent had it there
    await shop.commit('dev', { [CART]: cartIn('dev', '2.0') });
    await shop.sync('qa');
    const open = (await shop.current('checkout', 'perf'))!;
    expect(open.candidate.members).toHaveLength(2);
    await mergeOpen(shop, 'perf');
    await shop.sync('perf');
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('StatefulSet.apps database goes from checkout to cart: checkout would be promoted without cart, which has not been live with it in all of qa, perf yet') });
    expect(await shop.file('prod', DATABASE)).toBe(databaseIn('prod'));
    await mergeOpen(shop, 'perf', 'cart');
    await shop.sync('perf');
    expect(await shop.file('prod', MOVED)).toBe(databaseIn('prod', '15'));
    expect(await shop.file('prod', CART)).toBe(cartIn('prod', '2.0'));
    expect(await copiesIn(shop, 'prod')).toEqual(new Set([1]));
  });

  way.once('comes back by a rollback as one, and is held for both', async () => {
    const shop = await liveShop(world(), {}, way);
    await shop.commit('dev', MOVE);
    await shop.sync('qa');
    await shop.sync('perf');
    expect(await copiesIn(shop, 'prod')).toEqual(new Set([1]));
    await shop.rollBack('cart', 'prod');
    await shop.settle();
    expect(await shop.file('prod', DATABASE)).toBe(databaseIn('prod'));
    expect(await copiesIn(shop, 'prod')).toEqual(new Set([1]));
    for (const application of ['checkout', 'cart']) expect(await shop.lane(application, 'prod')).toMatchObject({ condition: 'held' });
  });
});
