import type { RemoteForgeKind } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import type { Files } from '../work-tree.fixture.js';
import type { World } from '../world.fixture.js';
import { REMOTE_KINDS } from './remote-kinds.fixture.js';
import { RemoteShop } from './remote-shop.fixture.js';

/** What a scenario on a forge over the network has. */
export interface RemoteStory {
  readonly world: () => World;
  readonly kind: string;
  /** A repository there, connected; gone after the test. The double has seen nothing that no careful client sends, and no more calls than the scenario may cost. */
  shop(branches: Readonly<Record<string, Files>>): Promise<RemoteShop>;
}

/** On two that differ most: what the adapters do alike their contract suite sees to. */
const TWO: readonly RemoteForgeKind[] = ['github', 'gitlab'];

export const EVERY_FORGE: readonly RemoteForgeKind[] = REMOTE_KINDS.map(({ kind }) => kind);

/** Tells a scenario on some kinds of forges. */
export function describeForges(title: string, suite: (story: RemoteStory) => void, kinds = TWO): void {
  describeWorlds(title, (world) => {
    describe.each(REMOTE_KINDS.filter(({ kind }) => kinds.includes(kind)).map((kind) => [kind.kind, kind] as const))('on %s', (name, kind) => {
      let shops: RemoteShop[] = [];
      afterEach(async () => {
        const unexpected = shops.flatMap(({ double }) => double.unexpected());
        const budgets = shops.flatMap((shop) => shop.budget() ?? []);
        for (const shop of shops) await shop.stop();
        shops = [];
        expect(unexpected).toEqual([]);
        expect(budgets.filter(({ calls, allowed }) => calls > allowed)).toEqual([]);
      });
      suite({
        world,
        kind: name,
        shop: async (branches) => {
          const shop = await RemoteShop.connect(world(), kind, branches);
          shops.push(shop);
          return shop;
        },
      });
    });
  });
}
