import { assignmentRevision } from './read-assignment.js';
import type { Cluster, Clusters, EnvironmentIndex, Rollouts } from '../ports/index.js';

/** What the server answers to a sign of life. */
export interface HeartbeatAnswer {
  /** The digests differ: the agent sends its whole state again, with a higher sequence than `sequence`. */
  readonly resync: boolean;
  readonly sequence: number;
  readonly assignmentRevision: number;
}

/** Notes that an agent lives and finds out whether both sides hold the same state. */
export class NoteHeartbeat {
  constructor(
    private readonly clusters: Clusters,
    private readonly index: EnvironmentIndex,
    private readonly rollouts: Rollouts,
  ) {}

  async run(cluster: Cluster, beat: { readonly sequence: number; readonly digest: string; readonly agentVersion: string }): Promise<HeartbeatAnswer> {
    await this.clusters.seen(cluster.name, beat.agentVersion);
    const state = await this.index.state(cluster.repository, cluster.environment);
    const rollout = await this.rollouts.of(cluster.repository, cluster.environment);
    const held = cluster.report;
    // an agent that has reported nothing yet (sequence 0) has nothing to send again, unless we still hold a state of its earlier life
    const resync = (held?.digest ?? '') !== beat.digest && (beat.sequence > 0 || held !== undefined);
    return { resync, sequence: held?.sequence ?? 0, assignmentRevision: assignmentRevision(state, rollout) };
  }
}
