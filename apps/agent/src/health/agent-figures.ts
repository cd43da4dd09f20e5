import { createMetrics, type Metrics } from '@sluice/runtime';
import type { AgentCondition } from '@sluice/sync';

const STATUSES = ['InProgress', 'Failed', 'Unknown'] as const;
const PHASES = ['syncing', 'synced', 'failed', 'blocked'] as const;

/** What an agent counts of its work, for Prometheus: numbers and the commit, no names of what it keeps. */
export class AgentFigures {
  private readonly metrics: Metrics = createMetrics();
  private readonly looks = this.metrics.counter('agent_looks', 'Looks at what is assigned and at the target, by outcome', ['outcome']);
  private condition: AgentCondition | undefined;
  /** Whether the stream of the control plane is open. */
  connected = false;

  constructor(version: string) {
    const { metrics } = this;
    metrics.gauge('agent_info', 'The version of the agent', ['version'], (gauge) => gauge.set({ version }, 1));
    metrics.gauge('agent_connected', 'Whether the stream of the control plane is open', [], (gauge) => gauge.set(this.connected ? 1 : 0));
    metrics.gauge('agent_phase', 'What the agent does with the assigned commit: 1 for the phase that it is in', ['phase'], (gauge) => PHASES.forEach((phase) => gauge.set({ phase }, this.condition?.phase === phase ? 1 : 0)));
    metrics.gauge('agent_commit', 'The newest commit that was applied to its end', ['commit'], (gauge) => this.condition?.commit && gauge.set({ commit: this.condition.commit }, 1));
    metrics.gauge('agent_resources', 'Objects or files that are not as they should be, by status, as far as they are reported', ['status'], (gauge) => STATUSES.forEach((status) => gauge.set({ status }, this.count(status))));
    metrics.gauge('agent_drift', 'Places that another hand has changed, by whether they were put back, as far as they are reported', ['reverted'], (gauge) =>
      [true, false].forEach((reverted) => gauge.set({ reverted: String(reverted) }, this.condition?.drift.filter((record) => record.reverted === reverted).length ?? 0)),
    );
  }

  /** What it has to say of its target. */
  saw(condition: AgentCondition): void {
    this.condition = condition;
  }

  looked(outcome: 'settled' | 'again'): void {
    this.looks.inc({ outcome });
  }

  /** In the text format. */
  text(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  private count(status: (typeof STATUSES)[number]): number {
    return this.condition?.resources.filter((resource) => resource.status === status).length ?? 0;
  }
}
