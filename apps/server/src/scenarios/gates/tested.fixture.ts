import type { TestRun } from '@sluice/usecases';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { TestingAgent } from '../testing-agent.fixture.js';
import type { TextFiles } from '../work-tree.fixture.js';
import type { Shop, World } from '../world.fixture.js';

export const GATE = '      gates:\n        - { name: smoke, type: test, test: smoke }\n';

export function tests(definition = '{ command: ["./smoke.sh"], timeout: 2m }'): string {
  return `  tests:\n    smoke: ${definition}\n`;
}

export function tag(version: string): TextFiles {
  return { [CHECKOUT]: deployment('checkout', { tag: version }) };
}

export const FAILED = 'starting\nGET /health\nHTTP 503\n';

export function pipeline(definition?: string): TextFiles {
  const file = branches({ qa: GATE })['main']?.['sluice.yaml'] ?? '';
  return { 'sluice.yaml': `${file}${tests(definition)}` };
}

/** A shop whose qa asks for a smoke test in dev, and the agent in dev that may run it. */
export function testSteps(world: () => World) {
  /** A shop whose qa asks for a smoke test in dev, with an agent in dev that allows it. */
  async function shopWithTest(): Promise<{ readonly shop: Shop; readonly dev: TestingAgent }> {
    const shop = await world().repository({ ...branches(), main: pipeline() });
    return { shop, dev: await agentOf(shop).beat() };
  }

  /** The same, with a release of checkout that is live in dev. */
  async function released(): Promise<{ readonly shop: Shop; readonly dev: TestingAgent }> {
    const { shop, dev } = await shopWithTest();
    await shop.commit('dev', tag('2.0'));
    await shop.settle();
    await dev.sync();
    return { shop, dev };
  }

  const agentOf = (shop: Shop, name?: string): TestingAgent => new TestingAgent(shop, world().ports, 'dev', name && `${shop.id}-${name}`);
  const runsOf = (shop: Shop): Promise<readonly TestRun[]> => world().ports.testRuns.list({ repository: shop.id, limit: 100 });
  const statesOf = async (shop: Shop): Promise<readonly string[]> => (await runsOf(shop)).map(({ state }) => state);

  return { shopWithTest, released, agentOf, runsOf, statesOf };
}
