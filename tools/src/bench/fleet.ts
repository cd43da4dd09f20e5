import { mkdtemp, rm } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const data = await mkdtemp(join(tmpdir(), 'sluice-fleet-'));
  const start = (port?: number) => LocalSystem.start({ ...options, repository: seed.folder, data, ...(port !== undefined && { port }) });
  const fleet: { system: LocalSystem } = { system: await start() };
  const pool = new HttpAgent({ keepAlive: true, maxSockets: Infinity });
  const agents: SimulatedAgent[] = [];
  try {
    await new Fleet(combination, fleet, { pool, agents, start }).measure(count);
  } finally {
    for (const agent of agents) agent.stop();
    pool.destroy();
    await seed.remove();
    await fleet.system.stop();
    await rm(data, { recursive: true, force: true });
  }
}

function filesOf(value: string): ReadonlyMap<string, string> {
  return new Map(Array.from({ length: 20 }, (_, index) => [`apps/config-${index}.yaml`, `kind: ConfigMap\nmetadata: { name: config-${index} }\ndata: { value: "${value}" }\n`]));
}

interface FleetParts {
  readonly pool: HttpAgent;
  readonly agents: SimulatedAgent[];
  /** Starts the system again with what it had. */
  readonly start: (port: number) => Promise<LocalSystem>;
}

class Fleet {
  constructor(
    private readonly combination: string,
    private readonly running: { system: LocalSystem },
    private readonly parts: FleetParts,
  ) {}

  private get system(): LocalSystem {
    return this.running.system;
  }

  private get agents(): SimulatedAgent[] {
    return this.parts.agents;
  }

  async measure(count: number): Promise<void> {
    const before = await this.serverMemory();
    await inLanes(Array.from({ length: count }, (_, index) => `fleet-${index}`), AT_ONCE, async (name) => void this.agents.push(await SimulatedAgent.enrol(this.system, this.parts.pool, { name, environment: 'prod' })));
    process.stderr.write(`${this.combination}: ${count} agents are enrolled\n`);
    for (const agent of this.agents) agent.start(HEARTBEAT, () => undefined);
    await this.until('every agent is connected and knows what is assigned', () => this.agents.every(({ connected, assigned }) => connected && assigned));
    await pause(5_000);
    this.tell('memory a connection', ((await this.serverMemory()) - before) / count, 'MiB');
    await this.atRest();
    await this.oneCommit();
    await this.restart();
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

  /** The server ends and starts again: agents come back spread out, not all at once. */
  private async restart(): Promise<void> {
    const port = Number(new URL(this.system.url).port);
    await this.system.stop();
    await this.until('every agent has noticed', () => this.agents.every(({ connected }) => !connected));
    const starting = performance.now();
    this.running.system = await this.parts.start(port);
    const began = performance.now();
    await this.until('every agent is back', () => this.agents.every(({ connected }) => connected));
    // the first come before the server says that it is ready
    const back = this.agents.map(({ connectedAt = Number.NaN }) => (connectedAt - began) / 1_000);
    const seconds = countBy(back.map(Math.floor));
    const first = Math.min(...back);
    this.tell('restart: most that come back in a second', Math.max(...seconds.values()), 'agents', 'about 100 or a tenth of all, whichever is more');
    this.tell('restart: all are back after the first', Math.max(...back) - first, 's', 'spread, at most 30');
    this.tell('restart: half are back after the first', percentile(back, 0.5) - first, 's');
    this.tell('restart: server down until ready', (began - starting) / 1_000, 's');
    const [server] = await this.server();
    const before = server ? await cpuSeconds(server) : 0;
    await pause(10_000);
    this.tell('restart: CPU of a core in the ten seconds after', (((server ? await cpuSeconds(server) : 0) - before) / 10) * 100, '%');
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

function countBy(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
