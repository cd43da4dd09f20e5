import type { ObjectIdentity } from '@sluice/manifests';
import { compareKeys, identityOfKey, objectKey } from '../object-key.js';

/** What an agent owns: sorted, each object once. */
export type Inventory = readonly ObjectIdentity[];

/** The same objects in the order that every inventory has. */
export function inventoryOf(objects: Iterable<ObjectIdentity>): Inventory {
  const keys = [...new Set([...objects].map(objectKey))].sort(compareKeys);
  return keys.flatMap((key) => identityOfKey(key) ?? []);
}

/** What is written before an apply, so that nothing that it creates is ever without an owner: all that is owned and all that will be. */
export function inventoryUnion(owned: Inventory, wanted: Iterable<ObjectIdentity>): Inventory {
  return inventoryOf([...owned, ...wanted]);
}

/** What is written after it: the union without what is known to be gone. What could not be deleted, or not be looked at, stays. */
export function inventoryWithout(union: Inventory, gone: Iterable<ObjectIdentity>): Inventory {
  const keys = new Set([...gone].map(objectKey));
  return union.filter((identity) => !keys.has(objectKey(identity)));
}

export function sameInventory(a: Inventory, b: Inventory): boolean {
  return a.length === b.length && a.every((identity, index) => objectKey(identity) === objectKey(b[index] ?? identity) && b[index] !== undefined);
}
