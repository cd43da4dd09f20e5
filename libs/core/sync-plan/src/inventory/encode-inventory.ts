import { hashText } from '../content-hash.js';
import { objectKey } from '../object-key.js';
import { inventoryOf, type Inventory } from './inventory.js';

export const INVENTORY_VERSION = 1;
/** Bytes of one text: a ConfigMap takes 1 MiB in all (kubernetes.io/docs/concepts/configuration/configmap), and has labels and other things besides. */
export const MAX_INVENTORY_BYTES = 900_000;

/**
 * An inventory as texts for ConfigMaps. `head` has it all if it fits; otherwise `head` names the parts by their content, and each part is a text of its own.
 * Write the parts first, then the head, then remove the parts that the head does not name: whatever is cut off in between, the head has a whole inventory, the old or the new.
 */
export interface EncodedInventory {
  readonly head: string;
  /** By name: 32 hex digits, fit for a ConfigMap's name; the same content has the same name. */
  readonly parts: ReadonlyMap<string, string>;
}

/** The same texts for the same objects, in whichever order they come. */
export function encodeInventory(inventory: Inventory, maxBytes = MAX_INVENTORY_BYTES): EncodedInventory {
  const keys = inventoryOf(inventory).map(objectKey);
  const whole = textOf({ version: INVENTORY_VERSION, objects: keys });
  if (bytesOf(whole) <= maxBytes) return { head: whole, parts: new Map() };
  const parts = new Map(chunks(keys, maxBytes).map((chunk) => partOf(chunk)));
  return { head: textOf({ version: INVENTORY_VERSION, count: keys.length, parts: [...parts.keys()] }), parts };
}

function partOf(keys: readonly string[]): readonly [string, string] {
  const text = textOf({ version: INVENTORY_VERSION, objects: keys });
  return [partName(text), text];
}

/** What a part with this text is called. */
export function partName(text: string): string {
  return hashText(text).slice(0, 32);
}

function chunks(keys: readonly string[], maxBytes: number): string[][] {
  const found: string[][] = [];
  let room = 0;
  for (const key of keys) {
    const size = bytesOf(JSON.stringify(key)) + 1;
    if (size > room || found.length === 0) {
      found.push([]);
      room = maxBytes - bytesOf(textOf({ version: INVENTORY_VERSION, objects: [] }));
    }
    found.at(-1)?.push(key);
    room -= size;
  }
  return found;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
