import type { ObjectIdentity, Value } from '@sluice/manifests';
import { ANNOTATIONS, LABELS, annotationOf, labelOf } from './annotations.js';
import type { Inventory } from './inventory/inventory.js';
import type { Owner } from './model.js';
import { compareKeys, objectKey } from './object-key.js';
import { STAGE_NAMES, kindName, kindRank, stageOf } from './stages/kind-order.js';

/** What is known of an object that is owned and no longer wanted. `unknown`: it could not be looked at. Of a live one, metadata is enough. */
export type LiveObject = { readonly state: 'absent' } | { readonly state: 'unknown' } | { readonly state: 'live'; readonly object: Value };

export interface PruneInput {
  /** What the record in the cluster says that the agent owns, before this commit. */
  readonly inventory: Inventory;
  /** What the commit wants, all of it. */
  readonly desired: readonly ObjectIdentity[];
  /** False when any file of the commit could not be read, rendered or normalised: what is missing from `desired` may be in it. */
  readonly complete: boolean;
  /** Whether a commit without any object may delete everything. */
  readonly allowEmpty: boolean;
  /** Looked up for what {@link pruneCandidates} names. */
  readonly live: ReadonlyMap<string, LiveObject>;
  readonly owner: Owner;
  /** The agent's own: its Deployment, ServiceAccount, inventory, roles, namespace. */
  readonly ownObjects: readonly ObjectIdentity[];
  /** By `Kind.group`; default {@link PROTECTED_KINDS}. */
  readonly protectedKinds?: readonly string[];
}

/** Why an object stays. */
export type KeepReason = 'disabled' | 'protected-kind' | 'own-object' | 'not-confirmed' | 'unknown' | 'holds-wanted';

export interface PrunePlan {
  /** Why nothing at all is deleted now; absent when there is no such reason. */
  readonly blocked?: 'incomplete' | 'would-empty';
  /** In this order: webhooks first, definitions last. */
  readonly delete: readonly ObjectIdentity[];
  /** Is no longer wanted and stays; it also stays in the inventory unless it is not ours (`not-confirmed`). */
  readonly keep: readonly { readonly object: ObjectIdentity; readonly why: KeepReason }[];
  /** Gone already, or another's: to be taken out of the inventory. */
  readonly forget: readonly ObjectIdentity[];
}

/**
 * Kinds whose deletion takes data or other objects along. They stay when git no longer has them, unless the live object has `sluice.dev/prune: enabled`.
 */
export const PROTECTED_KINDS: readonly string[] = ['CustomResourceDefinition.apiextensions.k8s.io', 'Namespace', 'PersistentVolume', 'PersistentVolumeClaim'];

/** Never deleted, whatever annotations say. */
const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** What is owned and no longer wanted: these have to be looked at before {@link decidePrune}. */
export function pruneCandidates(inventory: Inventory, desired: readonly ObjectIdentity[]): readonly ObjectIdentity[] {
  const wanted = new Set(desired.map(objectKey));
  return inventory.filter((identity) => !wanted.has(objectKey(identity)));
}

/** What is deleted, and what stays and why. An object that was not looked at counts as unknown: it stays, and stays owned. */
export function decidePrune(input: PruneInput): PrunePlan {
  const candidates = pruneCandidates(input.inventory, input.desired);
  const blocked = blockedBy(input, candidates);
  if (blocked) return { blocked, delete: [], keep: [], forget: [] };
  const judged = candidates.map((object) => ({ object, verdict: judge(object, input) }));
  return {
    delete: judged.flatMap(({ object, verdict }) => (verdict === 'delete' ? [object] : [])).sort(lastAppliedFirst),
    keep: judged.flatMap(({ object, verdict }) => (verdict === 'delete' || verdict === 'forget' ? [] : [{ object, why: verdict }])),
    forget: judged.flatMap(({ object, verdict }) => (verdict === 'forget' || verdict === 'not-confirmed' ? [object] : [])),
  };
}

function blockedBy(input: PruneInput, candidates: readonly ObjectIdentity[]): PrunePlan['blocked'] {
  if (!input.complete) return 'incomplete';
  return input.desired.length === 0 && candidates.length > 0 && !input.allowEmpty ? 'would-empty' : undefined;
}

function judge(identity: ObjectIdentity, input: PruneInput): KeepReason | 'delete' | 'forget' {
  const found = input.live.get(objectKey(identity)) ?? { state: 'unknown' };
  if (found.state === 'absent') return 'forget';
  if (isOwn(identity, input)) return 'own-object';
  if (found.state === 'unknown') return 'unknown';
  if (labelOf(found.object, LABELS.cluster) !== input.owner.cluster || labelOf(found.object, LABELS.environment) !== input.owner.environment) return 'not-confirmed';
  return judgeOwned(identity, found.object, input);
}

function judgeOwned(identity: ObjectIdentity, object: Value, input: PruneInput): KeepReason | 'delete' {
  const asked = annotationOf(object, ANNOTATIONS.prune)?.trim();
  if (asked !== undefined && asked !== 'enabled') return 'disabled';
  if (isSystemNamespace(identity)) return 'protected-kind';
  if ((input.protectedKinds ?? PROTECTED_KINDS).includes(kindName(identity)) && asked !== 'enabled') return 'protected-kind';
  return holdsWanted(identity, input) ? 'holds-wanted' : 'delete';
}

function isOwn(identity: ObjectIdentity, { ownObjects }: PruneInput): boolean {
  const key = objectKey(identity);
  return ownObjects.some((own) => objectKey(own) === key || (kindName(identity) === 'Namespace' && own.namespace === identity.name));
}

function isSystemNamespace(identity: ObjectIdentity): boolean {
  return kindName(identity) === 'Namespace' && SYSTEM_NAMESPACES.includes(identity.name);
}

/** A Namespace that the commit puts objects into, or a definition that it has instances of: they would go with it. */
function holdsWanted(identity: ObjectIdentity, { desired }: PruneInput): boolean {
  const kind = kindName(identity);
  if (kind === 'Namespace') return desired.some(({ namespace }) => namespace === identity.name);
  return kind === 'CustomResourceDefinition.apiextensions.k8s.io' && desired.some((other) => definesKindOf(identity, other));
}

// a definition is called <plural>.<group>; the plural is not known of an instance, so its whole group counts
function definesKindOf(definition: ObjectIdentity, { group }: ObjectIdentity): boolean {
  return group !== '' && definition.name.endsWith(`.${group}`);
}

function lastAppliedFirst(a: ObjectIdentity, b: ObjectIdentity): number {
  const stage = STAGE_NAMES.indexOf(stageOf(b)) - STAGE_NAMES.indexOf(stageOf(a));
  return stage || kindRank(b) - kindRank(a) || compareKeys(objectKey(b), objectKey(a));
}
