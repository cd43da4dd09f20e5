import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { deployment } from '../shop.fixture.js';
import type { TextFiles } from '../work-tree.fixture.js';
import type { Shop } from '../world.fixture.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const APPLICATIONS = Array.from({ length: 100 }, (_, index) => `service-${String(index).padStart(2, '0')}`);

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: many }
spec:
  environments:
    - { name: dev, branch: dev }
    - name: prod
      branch: prod
      from: [dev]
      gates: [{ name: dev-healthy, type: health, soak: 1h }]
  applications:
${APPLICATIONS.map((name) => `    - { name: ${name}, paths: ["apps/${name}/**"] }`).join('\n')}
`;

/** A merge into the first environment, and what comes of it; times are simulated, in milliseconds. */
interface Merge {
  readonly application: string;
  readonly tag: string;
  /** When the agent had it healthy. */
  readonly settledAt: number;
}

describeBothWorlds('a hundred applications on one branch, with a merge every five minutes and an hour of soak', (world) => {
  const path = (application: string): string => `apps/${application}/deployment.yaml`;
  const files: TextFiles = Object.fromEntries(APPLICATIONS.map((name) => [path(name), deployment(name)]));
  const now = (): number => world().ports.clock();

  /** Minute by minute: what is due happens, and nothing is swept. */
  async function pass(shop: Shop, minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      await world().setClock(new Date(now() + MINUTE).toISOString());
      await shop.workOff();
    }
  }

  async function merge(shop: Shop, application: string, tag: string): Promise<Merge> {
    await shop.commit('dev', { [path(application)]: deployment(application, { tag }) });
    await shop.sync('dev');
    return { application, tag, settledAt: now() };
  }

  /** When prod got a version, if it did: the branch is git's word, the time the promotion's. */
  async function arrival(shop: Shop, { application, tag }: Merge): Promise<number | undefined> {
    const wanted = deployment(application, { tag });
    for (const promotion of await shop.promotions(application, 'prod')) {
      if (promotion.mergedAs && (await shop.git('show', `${promotion.mergedAs}:${path(application)}`)) === wanted.trim()) return promotion.mergedAt;
    }
    return undefined;
  }

  it('each reaches prod when its own hour is over, whatever else is merged meanwhile', async () => {
    const shop = await world().repository({ main: { 'sluice.yaml': PIPELINE }, dev: files, prod: files });
    await shop.sync('dev');
    const merges: Merge[] = [];
    // every fifth merge is another one of an application that has just begun to soak
    for (let count = 0; count < 30; count += 1) {
      const application = APPLICATIONS[count % 5 === 4 ? (count - 2) * 3 : count * 3]!;
      merges.push(await merge(shop, application, `2.${count}`));
      await pass(shop, 5);
    }
    const later = (merge: Merge): Merge | undefined => merges.find((other) => other.application === merge.application && other.settledAt > merge.settledAt);
    const due = merges.filter(({ settledAt }) => settledAt < now() - HOUR - MINUTE);
    expect(due.length).toBeGreaterThan(15);
    await shop.git('fetch', '--quiet', 'forge');
    for (const merge of due) {
      const arrived = await arrival(shop, merge);
      if (later(merge)) expect({ ...merge, arrived }).toEqual({ ...merge, arrived: undefined });
      else expect({ ...merge, minutes: Math.floor(((arrived ?? Infinity) - merge.settledAt) / MINUTE) }).toEqual({ ...merge, minutes: 60 });
    }
  }, 180_000);
});
