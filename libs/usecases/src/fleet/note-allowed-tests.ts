import type { AllowedTest, Cluster } from '../ports/index.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { lanesOut } from './new-liveness.js';
import { assignmentTopic } from './read-assignment.js';

/** Notes which tests an agent's machine allows; whoever waits for that looks again when it is something else than before. */
export class NoteAllowedTests {
  constructor(private readonly ports: Pick<LifecyclePorts, 'testRuns' | 'repositories' | 'transactions' | 'wakes' | 'signals'>) {}

  /** @param allowed undefined: the agent is of a version that does not know tests. */
  async run(cluster: Cluster, allowed: readonly AllowedTest[] | undefined): Promise<void> {
    const known = (await this.ports.testRuns.allowed([cluster.name])).get(cluster.name);
    if (JSON.stringify(known?.map(inOrder)) === JSON.stringify(allowed?.map(inOrder))) return;
    const pipeline = (await this.ports.repositories.pipeline(cluster.repository))?.pipeline;
    const asked = pipeline?.environments.some(({ gates, from }) => from.includes(cluster.environment) && gates.some(({ type }) => type === 'test')) ?? false;
    await this.ports.transactions.run(async () => {
      await this.ports.testRuns.announce(cluster.name, allowed);
      if (asked) await this.ports.wakes.wake(...lanesOut(cluster, pipeline, pipeline?.applications.map(({ name }) => ({ application: name })) ?? []));
    });
    if (asked) this.ports.signals.publish(assignmentTopic(cluster));
  }
}

/** The database keeps the keys of a map in an order of its own. */
function inOrder({ name, command }: AllowedTest): unknown {
  return [name, command];
}
