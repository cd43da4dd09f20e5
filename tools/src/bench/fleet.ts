import { Agent as HttpAgent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { inLanes } from '@sluice/kernel';
import { LocalSystem, servicesAvailable, startPostgres, startRedis } from '@sluice/testing';
import type { SystemOptions } from '@sluice/testing';
import { WorkTree } from '../system/work-tree.js';
import { counters } from './counters.js';
import { percentile, report } from './measure.js';
import { childrenOf, cpuSeconds, memory } from './processes.js';
import { SimulatedAgent } from './simulated-agent.js';

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: fleet }
spec:
  environments:
    - { name: prod, branch: prod }
  applications:
    - { name: shop, paths: ["apps/**"] }
`;
const HEARTBEAT = 15_000;
const WITHIN = 180_000;
const AT_ONCE = 8;
const REST = 60_000;

/** So many agents (1,000) on one server: what a connection costs, how fast a commit is with all of them, and what they cost at rest. */
export async function benchFleet(agents = 1_000): Promise<void> {
  await fleetOn('embedded', {}, agents);
  if (!servicesAvailable()) return void process.stderr.write('NOT MEASURED on PostgreSQL and Redis: they are not installed\n');
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  try {
    await fleetOn('postgres+redis', { backing: { database: postgres.url, redis: redis.url } }, agents);
  } finally {
    await Promise.all([postgres.stop(), redis.stop()]);
  }
}

async function fleetOn(combination: string, options: SystemOptions, count: number): Promise<void> {
  const seed = await WorkTree.create();
  await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
  await seed.orphan('prod', filesOf('0'));
  const system = await LocalSystem.start({ ...options, repository: seed.folder });
  const pool = new HttpAgent({ keepAlive: true, maxSockets: Infinity });
  const agents: SimulatedAgent[] = [];
  try {
    await new Fleet(combination, system, pool, agents).measure(count);
  } finally {
    for (const agent of agents) agent.stop();
    pool.destroy();
    await seed.remove();
    await system.stop();
  }
}

function filesOf(value: string): ReadonlyMap<string, string> {
  return new Map(Array.from({ length: 20 }, (_, index) => [`apps/config-${index}.yaml`, `kind: ConfigMap\nmetadata: { name: config-${index} }\ndata: { value: "${value}" }\n`]));
}

class Fleet {
  constructor(
    private readonly combination: string,
    private readonly system: LocalSystem,
    private readonly pool: HttpAgent,
    private readonly agents: SimulatedAgent[],
  ) {}

  async measure(count: number): Promise<void> {
    const before = await this.serverMemory();
    await inLanes(Array.from({ length: count }, (_, index) => `fleet-${index}`), AT_ONCE, async (name) => void this.agents.push(await SimulatedAgent.enrol(this.system, this.pool, { name, environment: 'prod' })));
    process.stderr.write(`${this.combination}: ${count} agents are enrolled\n`);
    for (const agent of this.agents) agent.start(HEARTBEAT, () => undefined);
    await this.until('every agent is connected and knows what is assigned', () => this.agents.every(({ connected, assigned }) => connected && assigned));
    await pause(5_000);
    this.tell('memory a connection', ((await this.serverMemory()) - before) / count, 'MiB');
    await this.atRest();
    await this.oneCommit();
  }

  private async atRest(): Promise<void> {
    await pause(REST / 4);
    const [server] = await this.server();
    const before = server ? await cpuSeconds(server) : 0;
    await pause(REST);
    this.tell('CPU of a core at rest', (((server ? await cpuSeconds(server) : 0) - before) / (REST / 1_000)) * 100, '%');
  }

  /** A push to all agents, and back again in reports. */
  private async oneCommit(): Promise<void> {
    const tree = await WorkTree.create(this.system.gitEnvironment);
    try {
      await tree.git('remote', 'add', 'origin', this.system.repository);
      await tree.git('fetch', '--quiet', 'origin');
      await tree.git('checkout', '--quiet', '-B', 'prod', 'origin/prod');
      await tree.replace(filesOf('1'), 'change all');
      const commit = (await tree.git('rev-parse', 'HEAD')).trim();
      await tree.git('push', '--quiet', 'origin', 'prod');
      const began = performance.now();
      await this.until('the commit is assigned to every agent', () => this.agents.every(({ assigned }) => assigned?.commit === commit));
      const assigned = this.agents.map((agent) => (agent.assigned?.at ?? Number.NaN) - began);
      this.tell('commit assigned, p50', percentile(assigned, 0.5) / 1_000, 's');
      this.tell('commit assigned, p99', percentile(assigned, 0.99) / 1_000, 's', 'at most 5');
      const before = (await counters(this.system)).get('git git-http-backend') ?? 0;
      const fetching = performance.now();
      await Promise.all(this.agents.map(async (agent) => {
        await agent.fetch('prod', commit);
        await agent.report(commit);
      }));
      const fetched = this.agents.map((agent) => (agent.fetchedAt ?? Number.NaN) - fetching);
      this.tell('commit fetched, p99', percentile(fetched, 0.99) / 1_000, 's', 'at most 30');
      this.tell('runs of git a fetch', (((await counters(this.system)).get('git git-http-backend') ?? 0) - before) / this.agents.length, '', 'below 3, which a fetch alone takes');
      this.tell('all reports taken', (performance.now() - fetching) / 1_000, 's');
    } finally {
      await tree.remove();
    }
  }

  private tell(measure: string, value: number, unit: string, goal?: string): void {
    report({ bench: 'fleet', measure: `${this.combination}, ${this.agents.length} agents: ${measure}`, value, unit, ...(goal !== undefined && { goal }) });
  }

  private async serverMemory(): Promise<number> {
    const [server] = await this.server();
    return server ? memory(server) : 0;
  }

  private async server(): ReturnType<typeof childrenOf> {
    return (await childrenOf(this.system.pid)).filter(({ name }) => name === 'server');
  }

  private async until(what: string, done: () => boolean): Promise<void> {
    for (const until = Date.now() + WITHIN; Date.now() < until; await pause(50)) if (done()) return;
    throw new Error(`not within ${WITHIN / 1_000} s: ${what}; ${this.agents.filter(({ connected }) => connected).length} of ${this.agents.length} are connected`);
  }
}
