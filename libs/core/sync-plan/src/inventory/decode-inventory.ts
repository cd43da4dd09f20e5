import { SluiceError } from '@sluice/kernel';
import type { ObjectIdentity } from '@sluice/manifests';
import { identityOfKey } from '../object-key.js';
import { INVENTORY_VERSION, partName } from './encode-inventory.js';
import { inventoryOf, type Inventory } from './inventory.js';

/** The record of what the agent owns cannot be understood. Nothing may be pruned, and it must not be overwritten: it is the only one. */
export class InventoryUnreadable extends SluiceError {
  readonly kind = 'invalid';
}

/** The names of the parts to read besides the head; none when the head has it all. @throws InventoryUnreadable */
export function inventoryParts(head: string): readonly string[] {
  const { parts } = readText(head, 'the inventory');
  return parts ?? [];
}

/**
 * {@link encodeInventory} read back: a damaged, partial or newer text is an error, never an empty inventory.
 * @param parts what was found under the names that {@link inventoryParts} gives.
 * @throws InventoryUnreadable
 */
export function decodeInventory(head: string, parts: ReadonlyMap<string, string> = new Map()): Inventory {
  const read = readText(head, 'the inventory');
  if (read.objects) return inventoryOf(read.objects);
  const objects = (read.parts ?? []).flatMap((name) => readPart(name, parts.get(name)));
  if (objects.length !== read.count) throw new InventoryUnreadable(`the inventory names ${read.count} objects, its parts have ${objects.length}`);
  return inventoryOf(objects);
}

interface InventoryText {
  readonly objects?: readonly ObjectIdentity[];
  readonly parts?: readonly string[];
  readonly count?: number;
}

function readPart(name: string, text: string | undefined): readonly ObjectIdentity[] {
  if (text === undefined) throw new InventoryUnreadable(`part ${name} of the inventory is missing`);
  if (partName(text) !== name) throw new InventoryUnreadable(`part ${name} of the inventory was changed by another hand`);
  const { objects } = readText(text, `part ${name} of the inventory`);
  if (!objects) throw new InventoryUnreadable(`part ${name} of the inventory has no objects`);
  return objects;
}

function readText(text: string, what: string): InventoryText {
  const { version, ...fields } = parsed(text, what);
  if (version !== INVENTORY_VERSION) throw new InventoryUnreadable(`${what} has a format that this agent does not know (version ${shown(version)}): an agent of a newer version wrote it, use that or a newer one`);
  const odd = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (odd !== undefined) throw new InventoryUnreadable(`${what} has something that this agent does not know: ${shown(odd)}`);
  const { objects, parts, count } = fields;
  if (parts === undefined && count === undefined && objects !== undefined) return { objects: readKeys(objects, what) };
  if (objects === undefined && isPartNames(parts) && isCount(count)) return { parts, count };
  throw new InventoryUnreadable(`${what} has neither a list of objects nor parts`);
}

const FIELDS = ['objects', 'parts', 'count'];

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'missing';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function parsed(text: string, what: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new InventoryUnreadable(`${what} is no JSON`, { cause: error });
  }
  throw new InventoryUnreadable(`${what} is no JSON map`);
}

function isPartNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string' && /^[0-9a-f]{32}$/.test(name));
}

function readKeys(value: unknown, what: string): readonly ObjectIdentity[] {
  if (!Array.isArray(value)) throw new InventoryUnreadable(`${what} has objects that are no list`);
  return value.map((key: unknown) => {
    const identity = typeof key === 'string' ? identityOfKey(key) : undefined;
    if (!identity) throw new InventoryUnreadable(`${what} has an entry that is no object: ${shown(key)}`);
    return identity;
  });
}
