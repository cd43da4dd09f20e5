import type { ClusterCommand, LifecyclePorts, TestOrder, TestReport } from '@sluice/usecases';
import { AcceptReport, NoteAllowedTests, TestOrders } from '@sluice/usecases';
import type { Shop } from './world.fixture.js';

export const SMOKE = { name: 'smoke', command: ['./smoke.sh'] };

/** Of reports, over all agents. */
let sequence = 0;

/** What an agent does about tests, without the process around it: it says what its machine allows, is told what to run, takes it and says what came of it. */
export class TestingAgent {
  constructor(
    private readonly shop: Shop,
    private readonly ports: LifecyclePorts,
    private readonly environment: string,
    private readonly name?: string,
  ) {}

  /** A sign of life, with what the machine allows; null: of a version that does not know tests. */
  async beat(allowed: readonly (typeof SMOKE)[] | null = [SMOKE]): Promise<this> {
    const cluster = await this.cluster();
    await this.ports.clusters.seen(cluster.name, 'test');
    await new NoteAllowedTests(this.ports).run(cluster, allowed ?? undefined);
    await this.shop.settle();
    return this;
  }

  /** Applies what is assigned, and says so. */
  async sync(): Promise<void> {
    const cluster = await this.cluster();
    const commit = (await this.ports.environments.state(this.shop.id, cluster.environment))?.assigned;
    const said = { phase: 'synced', message: '', health: 'Current', resources: [], drift: [], ...(commit && { commit }) } as const;
    sequence += 1;
    await new AcceptReport({ ...this.ports, index: this.ports.environments }).run(cluster, { ...said, sequence, digest: `report ${sequence}` }, 'test');
    await this.shop.settle();
  }

  async told(): Promise<readonly ClusterCommand[]> {
    return new TestOrders(this.ports).commandsFor(await this.cluster());
  }

  async take(id?: string): Promise<TestOrder> {
    const run = id ?? (await this.told())[0]?.run;
    if (run === undefined) throw new Error('there is nothing to run');
    const order = await new TestOrders(this.ports).take(await this.cluster(), run);
    await this.shop.settle();
    return order;
  }

  async says({ run }: TestOrder, report: TestReport): Promise<void> {
    await new TestOrders(this.ports).accept(await this.cluster(), run.id, { take: run.take, report });
    await this.shop.settle();
  }

  /** Takes what there is to run, and it ends with this exit code. */
  async runs(exitCode: number, output = ''): Promise<TestOrder> {
    const order = await this.take();
    await this.ends(order, exitCode, output);
    return order;
  }

  /** Takes all that there is to run. @returns the orders by application: who is asked first is not said. */
  async takeAll(): Promise<ReadonlyMap<string, TestOrder>> {
    const orders = new Map<string, TestOrder>();
    for (const { run } of await this.told()) {
      const order = await this.take(run);
      orders.set(order.run.application, order);
    }
    return orders;
  }

  /** What was taken ends with this exit code. */
  async ends(order: TestOrder | undefined, exitCode: number, output = ''): Promise<void> {
    if (!order) throw new Error('this was never taken');
    await this.says(order, { outcome: 'exited', exitCode, duration: 3_000, message: '', output });
  }

  async revoke(): Promise<void> {
    await this.ports.clusters.revoke((await this.cluster()).name);
  }

  private cluster(): ReturnType<Shop['cluster']> {
    return this.shop.cluster(this.environment, this.name);
  }
}
