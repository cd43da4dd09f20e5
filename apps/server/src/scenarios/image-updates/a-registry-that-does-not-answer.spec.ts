import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { updated, why } from './updated.fixture.js';

describeWorlds('image updates', (world) => {
  it('say when the registry cannot be reached, and when it is asked next', async () => {
    const shop = await world().repository(updated(['{ image: "127.0.0.1:1/shop/checkout", policy: { semver: "^2" }, environment: dev }']));
    expect(await why(shop)).toMatchObject([{ message: expect.stringContaining('127.0.0.1:1 cannot be reached'), verdicts: [{ outcome: 'wait', until: expect.any(Number) }] }]);
    const { events } = await world().ports.events.after(undefined, 1_000);
    expect(events.filter(({ repository, type }) => repository === shop.id && type === 'images.waiting')).toHaveLength(1);
  });

  it('leave a registry alone for as long as it says', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(429, { 'retry-after': '3600', connection: 'close' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const shop = await world().repository(updated([`{ image: "127.0.0.1:${(server.address() as AddressInfo).port}/shop/checkout", policy: { semver: "^2" }, environment: dev }`]));
    const before = world().ports.clock();
    await shop.settle();
    await shop.settle();
    expect(asked).toBe(1);
    const [item] = await why(shop);
    expect(item?.message).toContain('wants no more questions for now');
    expect(Number(item?.verdicts[0]?.until)).toBeGreaterThan(before + 3_000_000);
    server.close();
  });

  it('are refused for an environment that gets its content by promotion', async () => {
    const shop = await world().repository(updated(['{ image: shop/checkout, policy: { semver: "^2" }, environment: qa }']));
    expect((await world().ports.repositories.pipeline(shop.id))?.diagnostics).toMatchObject([{ message: expect.stringContaining('"qa" gets its content by promotion (from)') }]);
  });
});
