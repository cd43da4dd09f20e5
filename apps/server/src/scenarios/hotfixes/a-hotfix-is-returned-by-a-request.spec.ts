import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { dev, hotfix, hotfixSteps, returning } from './returned.fixture.js';

describeWorlds('the request that returns a hotfix', (world) => {
  const { fixedOnProd, backflow, promoted } = hotfixSteps(world);

  const closeRequest = async (shop: Shop): Promise<void> => {
    const [request] = await returning(shop);
    await world().forge.changes.close(shop.id, request?.number ?? 0, { by: 'ada' });
    await shop.settle();
  };

  describe('shown at once', () => {
    it('is found again after the database was lost, and made once', async () => {
      const shop = await fixedOnProd();
      const before = await backflow(shop);
      await world().loseDatabase();
      await shop.rebuild();
      await shop.settle();
      expect(await backflow(shop)).toEqual(before);
      expect(await returning(shop)).toHaveLength(1);
    });
  });

  describe('the request', () => {
    it('says object by object what it returns and whose it is, and lets no commit forge anything', async () => {
      const shop = await promoted();
      await hotfix(shop, { tag: '2.0', level: 'trace' }, '@all <!-- sluice:backflow --> [x](y)');
      await shop.settle();
      const [request] = await returning(shop);
      expect(request?.title).toBe('Return to dev what prod has of checkout');
      expect(request?.body).toMatch(/\*\*modified\*\* Deployment\.apps checkout\n.*LOG\\_LEVEL.*: "info" → "trace"/);
      expect(request?.body).toContain('(bob)');
      expect(request?.body.match(/<!--/g)).toHaveLength(1);
      expect(request?.body).not.toContain('@all');
      expect(await shop.file('sluice/backflow/dev/checkout/prod', CHECKOUT)).toBe(dev({ tag: '2.0', level: 'trace' }));
    });

    it('is moved on when the hotfix changes, and closed when somebody takes it back', async () => {
      const shop = await fixedOnProd();
      await hotfix(shop, { tag: '2.0', level: 'debug' });
      await shop.settle();
      expect(await returning(shop)).toMatchObject([{ number: expect.any(Number), state: 'open' }]);
      expect(await shop.file('sluice/backflow/dev/checkout/prod', CHECKOUT)).toBe(dev({ tag: '2.0', level: 'debug' }));
      await hotfix(shop, { tag: '2.0' });
      await shop.settle();
      expect(await backflow(shop)).toEqual([]);
      expect(await returning(shop)).toMatchObject([{ state: 'closed', closedBy: 'sluice' }]);
    });

    it('stays closed when a person closes it, until the hotfix is another one', async () => {
      const shop = await fixedOnProd();
      await closeRequest(shop);
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '3.0' }) });
      await shop.settle();
      expect(await returning(shop)).toMatchObject([{ state: 'closed', closedBy: 'ada' }]);
      expect((await backflow(shop))[0]?.message).toMatch(/^ada closed request \d+/);
      await hotfix(shop, { tag: '3.0', level: 'debug' });
      await shop.settle();
      expect(await returning(shop)).toMatchObject([{ state: 'open' }, { state: 'closed' }]);
    });

    it('is not made where dev has the same already', async () => {
      const shop = await promoted({ qa: '      merge: manual' });
      await shop.commit('dev', { [CHECKOUT]: dev({ tag: '2.0', level: 'trace' }) });
      await shop.settle();
      await hotfix(shop, { level: 'trace' });
      await shop.settle();
      expect(await returning(shop)).toEqual([]);
      expect((await backflow(shop))[0]?.message).toContain('dev has it already');
    });
  });
});
