import type { ClusterName, Clock, Instant } from '@sluice/kernel';
import { formatDuration, instant } from '@sluice/kernel';
import { z } from 'zod';
import type { Cluster, Clusters, EventLog, Settings } from '../ports/index.js';

/** Nothing heard of a cluster for so long: somebody should look. */
const LOST_AFTER = 300_000;
const KEY = 'lost-clusters';

interface Ports {
  readonly clock: Clock;
  readonly clusters: Pick<Clusters, 'list'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly memory: Settings;
}

/** Says that a cluster is lost, once, and that it is back. */
export class WatchClusters {
  private readonly since: Instant;

  constructor(private readonly ports: Ports) {
    this.since = ports.clock();
  }

  async run(): Promise<void> {
    const { clock, clusters, events, memory } = this.ports;
    const now = clock();
    // while the server was away it heard of nobody
    if (now - this.since < LOST_AFTER) return;
    const before = readNames(await memory.get(KEY));
    const all = (await clusters.list()).filter(({ revoked }) => !revoked);
    const lost = all.filter((cluster) => now - lastHeard(cluster) >= LOST_AFTER);
    const fresh = lost.filter(({ name }) => !before.includes(name));
    const back = all.filter(({ name }) => before.includes(name) && !lost.some((cluster) => cluster.name === name));
    if (fresh.length === 0 && lost.length === before.length) return;
    await events.append(
      ...fresh.map((cluster) => ({ type: 'cluster.lost', ...placeOf(cluster), message: `nothing was heard of ${cluster.name} for ${formatDuration(now - lastHeard(cluster))}` })),
      ...back.map((cluster) => ({ type: 'cluster.returned', ...placeOf(cluster), message: `${cluster.name} is back` })),
    );
    await memory.put(KEY, JSON.stringify(lost.map(({ name }) => name)));
  }
}

function lastHeard({ lastSeenAt, enrolledAt }: Cluster): Instant {
  return instant(Math.max(lastSeenAt ?? 0, enrolledAt));
}

function placeOf({ repository, environment, name }: Cluster) {
  return { repository, environment, cluster: name };
}

function readNames(text: string | undefined): readonly (ClusterName | string)[] {
  return text === undefined ? [] : z.array(z.string()).parse(JSON.parse(text));
}
