import type { ClusterName } from '@sluice/kernel';
import type { EventStream } from '../http/event-stream.js';

/** The agents' open streams of this process: one a cluster; a newer one ends the older. */
export class AgentConnections {
  private readonly streams = new Map<ClusterName, EventStream>();

  add(cluster: ClusterName, stream: EventStream): void {
    const older = this.streams.get(cluster);
    this.streams.set(cluster, stream);
    older?.end();
    stream.onEnd(() => {
      if (this.streams.get(cluster) === stream) this.streams.delete(cluster);
    });
  }

  get size(): number {
    return this.streams.size;
  }
}
