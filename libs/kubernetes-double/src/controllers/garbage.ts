import { at, isObject, listAt, textAt, textsAt, type KubeObject } from '../api/json.js';
import { withoutFinalizer, type Hands } from './hands.js';

// https://kubernetes.io/docs/concepts/architecture/garbage-collection/

interface Found {
  readonly key: string;
  readonly object: KubeObject;
}

function dependentsOf(hands: Hands, uid: string | undefined): Found[] {
  return hands.world.store.everything((object) => listAt(object, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid));
}

/** An owner went: what has no other owner goes too. */
export function collectGarbage(hands: Hands, owner: KubeObject): void {
  for (const { key, object } of dependentsOf(hands, owner.metadata.uid)) dropOwner(hands, { key, object }, owner.metadata.uid);
  for (const { key, object } of foregroundOwners(hands, owner)) followOwners(hands, key, object);
}

function isThere(hands: Hands, uid: string | undefined): boolean {
  return hands.world.store.everything(({ metadata }) => metadata.uid === uid).length > 0;
}

function dropOwner(hands: Hands, { key, object }: Found, uid: string | undefined): void {
  const others = listAt(object, 'metadata', 'ownerReferences').filter((one) => textAt(one, 'uid') !== uid);
  const alive = others.some((one) => isThere(hands, textAt(one, 'uid')));
  if (!alive) hands.remove(key, object);
  else hands.change(key, object, (next) => (next.metadata['ownerReferences'] = others));
}

/** A dependent went: an owner that waits for it in the foreground may go now. */
function foregroundOwners(hands: Hands, dependent: KubeObject): Found[] {
  const uids = listAt(dependent, 'metadata', 'ownerReferences').map((owner) => textAt(owner, 'uid'));
  return uids.length === 0 ? [] : hands.world.store.everything((object) => uids.includes(object.metadata.uid ?? ''));
}

/** Plays the finalizers `orphan` and `foregroundDeletion` of an object that is being deleted, and removes an object none of whose owners exists. */
export function followOwners(hands: Hands, key: string, object: KubeObject): void {
  const finalizers = textsAt(object, 'metadata', 'finalizers');
  if (object.metadata.deletionTimestamp !== undefined && finalizers.includes('orphan')) return orphan(hands, key, object);
  if (object.metadata.deletionTimestamp !== undefined && finalizers.includes('foregroundDeletion')) return waitForDependents(hands, key, object);
  const owners = listAt(object, 'metadata', 'ownerReferences').map((owner) => textAt(owner, 'uid'));
  if (owners.length === 0) return;
  if (!owners.some((uid) => isThere(hands, uid))) hands.remove(key, object);
}

function orphan(hands: Hands, key: string, owner: KubeObject): void {
  for (const dependent of dependentsOf(hands, owner.metadata.uid)) {
    hands.change(dependent.key, dependent.object, (next) => {
      const left = listAt(next, 'metadata', 'ownerReferences').filter((one) => textAt(one, 'uid') !== owner.metadata.uid);
      if (left.length > 0) next.metadata['ownerReferences'] = left;
      else delete next.metadata['ownerReferences'];
    });
  }
  hands.change(key, owner, withoutFinalizer('orphan'));
}

function waitForDependents(hands: Hands, key: string, owner: KubeObject): void {
  for (const dependent of dependentsOf(hands, owner.metadata.uid)) hands.remove(dependent.key, dependent.object);
  const blocking = dependentsOf(hands, owner.metadata.uid).filter(({ object }) =>
    listAt(object, 'metadata', 'ownerReferences').some((one) => isObject(one) && at(one, 'uid') === owner.metadata.uid && one['blockOwnerDeletion'] === true),
  );
  if (blocking.length === 0) hands.change(key, owner, withoutFinalizer('foregroundDeletion'));
}
