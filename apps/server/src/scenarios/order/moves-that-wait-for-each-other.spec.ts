import { describeWorlds } from '../describe-worlds.fixture.js';
import { branches } from '../shop.fixture.js';
import { expectStable } from '../stable.fixture.js';
import type { Shop } from '../world.fixture.js';

const APPLICATIONS = ['checkout', 'cart', 'web', 'search'];
const map = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: b }\n`;
const file = (application: string, name: string): string => `apps/${application}/${name}.yaml`;

// checkout comes after web, and search after cart: no circle, until something goes from checkout to cart and something else from web to search.
describeWorlds('objects that move so that applications wait for each other', (world) => {
  async function crossed(prod = ''): Promise<Shop> {
    const text = (branches({ prod, applications: APPLICATIONS })['main']?.['sluice.yaml'] ?? '').replace('["apps/checkout/**"] }', '["apps/checkout/**"], after: [web] }').replace('["apps/search/**"] }', '["apps/search/**"], after: [cart] }');
    const content = { [file('checkout', 'one')]: map('one'), [file('cart', 'own')]: map('own'), [file('web', 'two')]: map('two'), [file('search', 'other')]: map('other') };
    const shop = await world().repository({ main: { 'sluice.yaml': text }, dev: content, qa: content, prod: content });
    await shop.commit('dev', { [file('checkout', 'one')]: null, [file('cart', 'one')]: map('one'), [file('web', 'two')]: null, [file('search', 'two')]: map('two') });
    await shop.settle();
    return shop;
  }

  const circle = (first: string, second: string) => ({
    gate: 'after',
    outcome: 'wait',
    message: `they wait for each other in a circle, each to come after the next: ${first} → ${second} → ${first}; it is no circle of the pipeline, but of what moves between applications just now`,
    clearedBy: expect.stringContaining('somebody who closes one of them (sluice reject)'),
  });

  it('say that they wait in a circle, whichever is asked about', async () => {
    const shop = await crossed();
    const [ours, theirs] = ['checkout and cart', 'web and search'];
    for (const name of ['checkout', 'cart']) expect((await shop.why(name, 'qa'))[0]?.verdicts).toMatchObject([circle(ours, theirs)]);
    for (const name of ['web', 'search']) expect((await shop.why(name, 'qa'))[0]?.verdicts).toMatchObject([circle(theirs, ours)]);
    await expectStable(shop, APPLICATIONS);
  });

  it('go on when a person closes one request, and promotes it after the other', async () => {
    const shop = await crossed();
    await shop.reject('web', 'qa', 'root');
    expect(await shop.file('qa', file('cart', 'one'))).toBe(map('one'));
    expect(await shop.file('qa', file('search', 'two'))).toBeUndefined();
    await shop.promote('web', 'qa', 'root');
    expect(await shop.file('qa', file('search', 'two'))).toBe(map('two'));
    for (const name of APPLICATIONS) expect(await shop.lane(name, 'qa')).toMatchObject({ condition: 'in-sync' });
  });
});
