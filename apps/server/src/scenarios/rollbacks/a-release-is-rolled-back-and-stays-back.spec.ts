import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { text } from './released.fixture.js';

describeWorlds('a rollback', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const released = async (...tags: readonly string[]): Promise<Shop> => {
      const shop = await world().repository(branches({ prod: '      merge: manual' }), { mergeMethod });
      for (const tag of tags) await release(shop, tag);
      return shop;
    };

    it('undoes the newest promotion, puts its ledger back, and holds the same content', async () => {
      const shop = await released('2.0', '3.0');
      const [newest, before] = await shop.promotions('checkout', 'qa');
      const ledger = await shop.file('qa', '.sluice/qa/checkout.yaml');
      expect(await shop.rollBack('checkout', 'qa')).toEqual([newest?.id]);
      expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
      expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).not.toBe(ledger);
      expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(`promotion: ${before?.id}`);
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
      expect((await shop.promotions('checkout', 'qa')).map(({ state, candidate }) => [candidate.kind, state])).toEqual(expect.arrayContaining([['rollback', 'rolling-out'], ['change', 'rolled-back']]));
    });

    it('lets a later release that changes the same thing through, with everything in one request', async () => {
      const shop = await released('2.0', '3.0');
      await shop.rollBack('checkout', 'qa');
      await release(shop, '4.0');
      expect(await shop.file('qa', CHECKOUT)).toBe(text('4.0'));
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
    });

    it('is lifted by somebody who promotes again', async () => {
      const shop = await released('2.0', '3.0');
      await shop.rollBack('checkout', 'qa');
      expect(await shop.promote('checkout', 'qa')).toBe('opened');
      expect(await shop.file('qa', CHECKOUT)).toBe(text('3.0'));
    });
  });
});
