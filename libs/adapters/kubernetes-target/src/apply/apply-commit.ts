import { formatIdentity } from '@sluice/manifests';
import { type ApplyFailure, type ApplyOptions, type ApplyResult, placeKey } from '@sluice/sync';
import { type Inventory, inventoryUnion, inventoryWithout, objectKey, planStages, type PlanProblem, type StagePlan, sameInventory } from '@sluice/sync-plan';
import type { ClusterParts } from '../cluster-parts.js';
import type { Desired } from '../desired/load-desired.js';
import type { Arriving } from '../live/arriving.js';
import { ownObjects } from '../own-objects.js';
import { ApplyStages, type StagesOutcome } from './apply-stages.js';
import { type PruneOutcome, pruneObjects } from './prune-objects.js';

/**
 * Makes a cluster what a commit wants: the record of all that is owned and will be, the stages, what goes, and the record of what is. A kill at any point leaves a record that has every object of ours.
 * @throws ApiFailure, Unavailable when the cluster does not say what there is, or does not answer any more
 */
export async function applyCommit(commit: string, desired: Desired, parts: ClusterParts, options: ApplyOptions): Promise<ApplyResult> {
  const problems = desired.problems.map(failureOf);
  const plan = planStages(desired.objects.map((one) => one.desired));
  // an order that cannot be is nobody's to guess
  if (!plan.ok) return { written: 0, deleted: 0, unchanged: 0, failed: [...problems, ...plan.error.map(failureOf)] };
  const union = await claim(commit, desired, parts);
  const applied = await stages(plan.value, { desired, union, parts, options });
  const interrupted = options.signal?.aborted === true;
  const complete = !interrupted && problems.length + applied.failed.length === 0;
  const pruned = await prune({ desired, union: union.inventory, complete, parts, options });
  const arriving = new Set([...union.arriving].filter((key) => !applied.arrived.has(key)));
  await conclude({ inventory: inventoryWithout(union.inventory, pruned.gone), arriving }, complete && pruned.failed.length === 0 && !options.signal?.aborted ? commit : undefined, parts);
  const failed = [...problems, ...applied.failed, ...pruned.failed];
  return { written: applied.written, deleted: pruned.deleted, unchanged: applied.unchanged, failed, ...(interrupted && { interrupted }) };
}

interface Claimed {
  readonly inventory: Inventory;
  /** There are objects in it that were not ours before. */
  readonly grew: boolean;
  /** Those, and others whose first apply was not completed. */
  readonly arriving: Arriving;
}

/** Writes down what will be owned, before the first of it is. */
async function claim(commit: string, { objects }: Desired, { record }: ClusterParts): Promise<Claimed> {
  const before = await record.load();
  const inventory = inventoryUnion(before.inventory, objects.map((one) => one.desired.identity));
  const grew = !sameInventory(inventory, before.inventory);
  const owned = new Set(before.inventory.map(objectKey));
  const arriving = new Set([...(await record.arriving()), ...objects.flatMap(({ key }) => (owned.has(key) ? [] : [key]))]);
  if (grew || (before.commit !== undefined && before.commit !== commit)) await record.save({ inventory }, { arriving });
  return { inventory, grew, arriving };
}

interface Work {
  readonly desired: Desired;
  readonly union: Claimed;
  readonly parts: ClusterParts;
  readonly options: ApplyOptions;
}

async function stages(plan: StagePlan, { desired, union, parts, options }: Work): Promise<StagesOutcome> {
  const { signal, leave, ignore } = options;
  const reached = desired.objects.map(({ desired: { identity }, resource, at }) => ({ identity, resource, actor: at.as }));
  const there = await parts.live.metadata(reached, { anybodys: union.grew, signal });
  const isLeft = leave === undefined || leave.size === 0 ? () => false : (place: Parameters<typeof placeKey>[0]) => leave.has(placeKey(place));
  const ranJobs = await parts.record.ranJobs();
  return new ApplyStages(parts, { plan, placed: desired.placed, there: there.objects, unseen: there.unseen, ranJobs, arriving: union.arriving, isLeft, signal, ignore }).run();
}

function prune({ desired, union, complete, parts, options }: Omit<Work, 'union'> & { readonly union: Inventory; readonly complete: boolean }): Promise<PruneOutcome> {
  const { owner, record } = parts;
  const identities = desired.objects.map((one) => one.desired.identity);
  return pruneObjects({ inventory: union, desired: identities, complete, allowEmpty: parts.options.allowEmpty, owner, ownObjects: ownObjects(owner.cluster, record.place.namespace), signal: options.signal }, parts);
}

async function conclude({ inventory, arriving }: Pick<Claimed, 'inventory' | 'arriving'>, commit: string | undefined, { record }: ClusterParts): Promise<void> {
  const now = await record.load();
  // they only become fewer here
  const isSame = now.commit === commit && sameInventory(now.inventory, inventory) && (await record.arriving()).size <= arriving.size;
  if (!isSame) await record.save({ inventory, ...(commit !== undefined && { commit }) }, { arriving });
}

function failureOf({ path, object, message }: PlanProblem): ApplyFailure {
  return { path, message, ...(object && { object: formatIdentity(object) }) };
}
