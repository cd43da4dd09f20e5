import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { PipelineFields } from './shop.fixture.js';
import type { Shop, World } from './world.fixture.js';

/** The canary soaks for 15 minutes, then come all others. */
export function inWaves(onDegraded = 'report', more = ''): string {
  return `      rollout: { waves: [{ clusters: { canary: "true" }, soak: 15m }, { clusters: {} }], onDegraded: ${onDegraded} }${more}`;
}

/** dev → qa → prod, where qa has waves. */
export class Fleet {
  constructor(private readonly world: () => World) {}

  /** A canary and two more clusters in qa, all of which run what it began with. */
  async open(fields: PipelineFields = {}): Promise<Shop> {
    const shop = await this.world().repository(branches({ qa: inWaves(), prod: '      merge: manual', ...fields }));
    await shop.enrol('qa', 'canary', { canary: 'true' });
    for (const name of ['eu', 'us']) await shop.enrol('qa', name);
    await this.sync(shop, 'canary', 'eu', 'us');
    return shop;
  }

  /** The same with checkout 2.0 and cart 2.0, which have been everywhere before. */
  async released(onDegraded: string, more = ''): Promise<Shop> {
    const shop = await this.open({ qa: inWaves(onDegraded, more) });
    await release(shop, '2.0', 'cart-2.0');
    await this.rollOut(shop);
    expect(await stateOf(shop, 'cart')).toBe('live');
    return shop;
  }

  /** Agents apply what their clusters are to run, and report that it is healthy. */
  async sync(shop: Shop, ...clusters: readonly string[]): Promise<void> {
    for (const cluster of clusters) await shop.syncCluster('qa', cluster);
  }

  /** Time goes by; the agents that are named live on. */
  async pass(shop: Shop, minutes: number, ...living: readonly string[]): Promise<void> {
    const world = this.world();
    await world.setClock(new Date(world.ports.clock() + minutes * 60_000).toISOString());
    await shop.workOff();
    await this.sync(shop, ...living);
  }

  /** What was merged into qa goes through all waves. */
  async rollOut(shop: Shop): Promise<void> {
    await this.sync(shop, 'canary');
    await this.pass(shop, 15, 'canary', 'eu', 'us');
  }
}

/** Somebody changes checkout (or cart) in dev, and it is merged into qa as far as that lets it. */
export async function release(shop: Shop, ...tags: readonly string[]): Promise<void> {
  await shop.commit('dev', Object.fromEntries(tags.map((tag) => (tag.startsWith('cart') ? [CART, deployment('cart', { tag })] : [CHECKOUT, deployment('checkout', { tag })]))));
  await shop.settle();
}

/** The newest promotion's state. */
export async function stateOf(shop: Shop, application: string): Promise<string | undefined> {
  return (await shop.promotions(application, 'qa'))[0]?.state;
}
