import { CHECKOUT } from '../shop.fixture.js';
import { describeForges } from './describe-forges.fixture.js';
import { inProd, requestOf, ship, waiting } from './promoted.fixture.js';

describeForges('a repository on a forge over the network', (story) => {
  it('is not disconnected while promotions are open', async () => {
    const there = await waiting(story);
    await expect(there.disconnect()).rejects.toThrow(/checkout to prod.*--abandon/);
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });

  it('is disconnected without its webhook, nothing else is changed there, and its record stays', async () => {
    const there = await waiting(story);
    await there.review('checkout', 'prod', 'grace');
    const heads = await there.there.git.branches();
    expect(await there.disconnect()).toEqual([]);
    expect(there.there.hooks.size).toBe(0);
    expect(await there.there.git.branches()).toEqual(heads);
    expect((await there.promotions('checkout', 'prod')).map(({ state }) => state)).toContain('rolling-out');
    expect((await there.events()).at(-1)).toMatchObject({ type: 'repository.disconnected', by: 'root' });
    expect(await there.audited('repository.disconnect')).toEqual(['root sluice repository.disconnect']);
    there.callsSince();
    await ship(there, '3.0');
    await there.later('1h');
    expect(there.callsSince()).toEqual([]);
  });

  it('leaves what is abandoned open there, and goes on with it when it is connected again', async () => {
    const there = await waiting(story);
    const request = await requestOf(there);
    expect(await there.disconnect({ abandon: true })).toEqual([expect.stringContaining(`${request.number}`)]);
    expect(request.state).toBe('open');
    expect(await there.current('checkout', 'prod')).toBeUndefined();
    await there.reconnect();
    await there.told();
    expect(await requestOf(there)).toMatchObject({ number: request.number, state: 'open' });
    await there.review('checkout', 'prod', 'grace');
    expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
  });
});
