import type { HealthExpressions } from '@sluice/health';
import type { Clock } from '@sluice/kernel';
import type { Owner } from '@sluice/sync-plan';
import type { OpenRenderer } from './desired/load-manifests.js';
import { InventoryRecord } from './live/inventory-record.js';
import { KnownObjects } from './live/known-objects.js';
import { LiveObjects } from './live/live-objects.js';
import { type Applier, Rights } from './rights/rights.js';
import type { ClusterAccess } from './transport/cluster-access.js';
import { Discovery } from './transport/discovery.js';
import { type ClientOptions, KubeClient } from './transport/kube-client.js';

export interface KubernetesTargetOptions {
  /** How to reach the cluster. @throws InvalidInput when that is not known */
  readonly connect: () => Promise<ClusterAccess>;
  /** Who applies; the first with the rights for an object does. */
  readonly appliers: readonly Applier[];
  /** Where the agent keeps its record; default: where its pod runs, else `sluice`. */
  readonly namespace?: string | undefined;
  /** Of objects that name none. */
  readonly defaultNamespace: string;
  /** Take over objects that another agent owns. */
  readonly adopt: boolean;
  /** Let a commit without objects delete all that are owned. */
  readonly allowEmpty: boolean;
  readonly renderer: OpenRenderer;
  readonly clock: Clock;
  /** A user's own rules for the health of kinds. */
  readonly health?: readonly HealthExpressions[];
  readonly client?: ClientOptions;
  /** Longest waits between stages, milliseconds: what is not ready by then is waited for by the next run. */
  readonly patience?: Patience;
  /** Called when a kind cannot be watched for now. */
  readonly watchFailed?: (error: unknown) => void;
}

export interface Patience {
  readonly established: number;
  readonly current: number;
}

const PATIENCE: Patience = { established: 30_000, current: 10_000 };
const NAMESPACE = 'sluice';

/** What works on one cluster for one owner. */
export interface ClusterParts {
  readonly owner: Owner;
  readonly options: KubernetesTargetOptions;
  readonly patience: Patience;
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly rights: Rights;
  readonly live: LiveObjects;
  readonly known: KnownObjects;
  readonly record: InventoryRecord;
}

/** The installer names the record after the agent's cluster. */
export function composeParts(access: ClusterAccess, owner: Owner, options: KubernetesTargetOptions): ClusterParts {
  const client = new KubeClient(access, options.client);
  const discovery = new Discovery(client);
  const rights = new Rights(client, options.appliers);
  const place = { namespace: options.namespace ?? access.podNamespace ?? NAMESPACE, name: `sluice-agent-${owner.cluster}-inventory` };
  return {
    owner,
    options,
    patience: options.patience ?? PATIENCE,
    client,
    discovery,
    rights,
    live: new LiveObjects({ client, discovery, rights, owner }),
    known: new KnownObjects(options.clock, options.health),
    record: new InventoryRecord(client, place),
  };
}
