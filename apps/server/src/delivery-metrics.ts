import { InvalidInput, NotFound } from '@sluice/kernel';
import type { Clock, RepositoryId } from '@sluice/kernel';
import type { ReportLine } from '@sluice/metrics';
import type { Metrics } from '@sluice/runtime';
import { ReadDelivery, type Deliveries, type Repositories } from '@sluice/usecases';

/** Lanes that are shown: each has nine series, and a server of metrics keeps all of them. */
const MAX_LANES = 1_000;
/** Milliseconds for which figures count as new: they are about thirty days, and are read from the database. */
const KEPT = 300_000;

type Ports = { readonly repositories: Repositories; readonly deliveries: Deliveries; readonly clock: Clock };

interface Lane extends ReportLine {
  readonly repository: RepositoryId;
}

/** Reads `value` of one lane; undefined where it is not known: then the series is not there, which is not the same as 0. */
type Read = (lane: ReportLine['figures']) => number | null;

const GAUGES: readonly (readonly [name: string, help: string, read: Read])[] = [
  ['deployments', 'Deployments: content that became live in all clusters', ({ deployments }) => deployments.count],
  ['attempts', 'Deployments of which it is known whether they failed', ({ changeFailure }) => changeFailure.attempts],
  ['failed', 'Deployments that were degraded, undone or mended while they had Failed', ({ changeFailure }) => changeFailure.failed],
  ['lead_time_median_seconds', 'Median time from a commit in the first environment until it was live', ({ leadTime }) => leadTime.medianSeconds],
  ['lead_time_p90_seconds', 'The same for nine of ten commits', ({ leadTime }) => leadTime.p90Seconds],
  ['restore_time_median_seconds', 'Median time from the first sign of a failure until all was healthy again', ({ timeToRestore }) => timeToRestore.medianSeconds],
  ['incidents_open', 'Failures that have not ended', ({ timeToRestore }) => timeToRestore.open],
  ['direct_changes', 'Commits that came by no promotion', ({ directChanges }) => directChanges],
];

/** Delivery metrics of the last thirty days by lane, from the record: every process of the server says the same, also after a restart (docs/metrics.md). */
export function measureDelivery(metrics: Metrics, ports: Ports): void {
  const lanes = kept(ports.clock, () => readLanes(ports));
  for (const [name, help, read] of GAUGES) {
    metrics.gauge(`delivery_${name}`, `${help}, in the last 30 days`, ['repository', 'environment', 'application'], async (gauge) => {
      for (const { repository, environment = '', application = '', figures } of (await lanes()).slice(0, MAX_LANES)) {
        const value = read(figures);
        if (value !== null) gauge.set({ repository, environment, application }, value);
      }
    });
  }
  metrics.gauge('delivery_lanes_left_out', `Lanes that have no delivery metrics here: only ${MAX_LANES} have`, [], async (gauge) => gauge.set(Math.max(0, (await lanes()).length - MAX_LANES)));
}

async function readLanes(ports: Ports): Promise<readonly Lane[]> {
  const read = new ReadDelivery(ports, ports.clock);
  const found: Lane[] = [];
  for (const { id } of await ports.repositories.list()) found.push(...(await lanesOf(read, id)));
  return found;
}

/** One that was disconnected meanwhile, or has too much for an answer, takes nothing away from the others. */
async function lanesOf(read: ReadDelivery, repository: RepositoryId): Promise<readonly Lane[]> {
  try {
    return (await read.run({ repository, by: 'lane' })).lines.map((line) => ({ ...line, repository }));
  } catch (error) {
    if (error instanceof NotFound || error instanceof InvalidInput) return [];
    throw error;
  }
}

/** One reading for all who ask while it is new; one that failed is tried again by the next. */
function kept<T>(clock: Clock, read: () => Promise<T>): () => Promise<T> {
  let newest: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (newest && clock() < newest.until) return newest.value;
    const value = read();
    newest = { value, until: clock() + KEPT };
    value.catch(() => {
      newest = undefined;
    });
    return value;
  };
}
