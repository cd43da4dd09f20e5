import type { ClusterName } from '@sluice/kernel';
import type { EventStream } from '../http/event-stream.js';

const LEAST_SPREAD = 1_000;
const SPREAD_OF_ONE = 10;

/** The agents' open streams of this process: one a cluster; a newer one ends the older. */
export class AgentConnections {
  private readonly streams = new Map<ClusterName, EventStream>();
  /** What those that are open have been told at least. */
  private told = LEAST_SPREAD;

  add(cluster: ClusterName, stream: EventStream): void {
    const older = this.streams.get(cluster);
    this.streams.set(cluster, stream);
    older?.end();
    stream.onEnd(() => {
      if (this.streams.get(cluster) === stream) this.streams.delete(cluster);
      this.told = Math.min(this.told, this.spread);
    });
    this.tellSpread(stream);
  }

  /** Tells a stream, and all of them when the fleet has doubled since: after a restart the first would else be told of a small fleet, and come too soon after another. */
  private tellSpread(stream: EventStream): void {
    const { spread } = this;
    if (spread < this.told * 2) return stream.comeBackWithin(spread);
    this.told = spread;
    for (const one of this.streams.values()) one.comeBackWithin(spread);
  }

  /** Milliseconds over which the agents of this process shall spread out when they come back together: about a hundred a second. */
  get spread(): number {
    return Math.max(LEAST_SPREAD, this.size * SPREAD_OF_ONE);
  }

  get size(): number {
    return this.streams.size;
  }
}
