import { messageOf, inLanes } from '@sluice/kernel';
import { formatIdentity, type ObjectIdentity } from '@sluice/manifests';
import { decidePrune, type Inventory, type LiveObject, objectKey, type Owner, pruneCandidates } from '@sluice/sync-plan';
import type { ApplyFailure } from '@sluice/sync';
import { isOfOneKind, type LiveObjects, type Reach } from '../live/live-objects.js';
import { valueOf } from '../live/value-of.js';
import { ApiFailure } from '../transport/api-failure.js';
import type { KubeClient } from '../transport/kube-client.js';
import type { KubeObject } from '../transport/kube-object.js';
import { collectionPath } from '../transport/resource-path.js';

const LANES = 8;

export interface PruneRequest {
  readonly inventory: Inventory;
  readonly desired: readonly ObjectIdentity[];
  /** Everything of the commit was read and applied. */
  readonly complete: boolean;
  readonly allowEmpty: boolean;
  readonly owner: Owner;
  readonly ownObjects: readonly ObjectIdentity[];
  readonly signal?: AbortSignal | undefined;
}

export interface PruneOutcome {
  readonly deleted: number;
  /** No longer in the record. */
  readonly gone: readonly ObjectIdentity[];
  readonly failed: readonly ApplyFailure[];
}

/** Deletes what is owned and no longer wanted, each only if it is still the very object that was looked at. */
export async function pruneObjects(request: PruneRequest, { client, live }: { readonly client: KubeClient; readonly live: LiveObjects }): Promise<PruneOutcome> {
  const candidates = request.complete ? pruneCandidates(request.inventory, request.desired) : [];
  const { found, failed } = await look(await live.reach(candidates), live, request.signal);
  const states = new Map<string, LiveObject>([...found].map(([key, { object }]) => [key, object ? { state: 'live', object: valueOf(object) } : { state: 'absent' }]));
  const plan = decidePrune({ ...request, live: states });
  if (plan.blocked === 'would-empty') return { deleted: 0, gone: [], failed: [emptying(candidates)] };
  const gone: ObjectIdentity[] = [];
  for (const rank of ranks(plan.delete)) {
    await inLanes(rank, LANES, async (identity) => {
      const target = found.get(objectKey(identity));
      if (!target?.object || request.signal?.aborted) return;
      const failure = await remove(target.reach, target.object, client);
      if (failure) failed.push(failure);
      else gone.push(identity);
    });
  }
  return { deleted: gone.length, gone: [...gone, ...plan.forget], failed };
}

interface Looked {
  readonly reach: Reach;
  readonly object: KubeObject | undefined;
}

async function look(reached: readonly Reach[], live: LiveObjects, signal: AbortSignal | undefined): Promise<{ readonly found: ReadonlyMap<string, Looked>; readonly failed: ApplyFailure[] }> {
  const found = new Map<string, Looked>();
  const failed: ApplyFailure[] = [];
  await inLanes(reached, LANES, async (reach) => {
    // one by one, not by a list: that something is missing in a list proves nothing
    try {
      found.set(objectKey(reach.identity), { reach, object: await live.get(reach, signal) });
    } catch (error) {
      if (!isOfOneKind(error)) throw error;
      // not known counts as there, and as not to be deleted
      const shown = formatIdentity(reach.identity);
      failed.push({ path: shown, object: shown, message: `is to be deleted, and cannot be looked at: ${error.message}` });
    }
  });
  return { found, failed };
}

async function remove({ identity, resource, actor }: Reach, object: KubeObject, client: KubeClient): Promise<ApplyFailure | undefined> {
  try {
    const { uid, resourceVersion } = object.metadata;
    await client.delete({ path: collectionPath(resource, identity.namespace), as: actor }, identity.name, { uid, resourceVersion, propagation: 'Background' });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const shown = formatIdentity(identity);
    return { path: shown, object: shown, message: `could not be deleted: ${messageOf(error)}` };
  }
}

// webhooks before what they judge, instances before their definitions; what stands together goes together
function ranks(identities: readonly ObjectIdentity[]): readonly (readonly ObjectIdentity[])[] {
  const found: ObjectIdentity[][] = [];
  let last = '';
  for (const identity of identities) {
    const rank = `${identity.group}/${identity.kind}`;
    if (rank === last) found.at(-1)?.push(identity);
    else found.push([identity]);
    last = rank;
  }
  return found;
}

function emptying(candidates: readonly ObjectIdentity[]): ApplyFailure {
  return { path: 'the commit', message: `has no objects and would delete all ${candidates.length} that are there: put one into it, or start the agent once with SLUICE_ALLOW_EMPTY=true` };
}
