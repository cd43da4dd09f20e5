import { isList, isMap, type PathStep, type Value, type ValueMap } from '@sluice/manifests';

/** A step into a live object, with how managedFields writes it. */
export interface OwnedStep {
  readonly step: PathStep;
  /** The item itself, where the step is into a list: its keys say which it is. */
  readonly item?: Value;
}

/** One entry of `metadata.managedFields`: who has set which fields. */
export interface ManagerFields {
  readonly manager: string;
  readonly fields: ValueMap;
}

/** The entries of a live object; those of its status are left out, and so is what cannot be understood. */
export function managersOf(object: Value | undefined): ManagerFields[] {
  const metadata = isMap(object) ? object.get('metadata') : undefined;
  const entries = isMap(metadata) ? metadata.get('managedFields') : undefined;
  if (!isList(entries)) return [];
  return entries.flatMap((entry) => {
    if (!isMap(entry) || entry.get('subresource') === 'status') return [];
    const [manager, fields] = [entry.get('manager'), entry.get('fieldsV1')];
    return typeof manager === 'string' && isMap(fields) ? [{ manager, fields }] : [];
  });
}

/** Whether an entry has the field at a path: it itself, something in it, or something whole around it. */
export function owns(fields: ValueMap, path: readonly OwnedStep[]): boolean {
  let at = fields;
  for (const step of path) {
    const next = childAt(at, step);
    // an entry without children is a value that is owned as a whole
    if (next === undefined) return isLeaf(at) && at !== fields;
    at = next;
  }
  return true;
}

/** What managedFields has below a step (fieldsV1 of sigs.k8s.io/structured-merge-diff: `f:` a field, `k:` an item by its keys, `v:` an item by its value, `i:` by its index). */
function childAt(fields: ValueMap, { step, item }: OwnedStep): ValueMap | undefined {
  if (typeof step === 'string') return mapOf(fields.get(`f:${step}`));
  for (const [key, child] of fields) if (key !== '.' && !key.startsWith('f:') && (key === `i:${step.item}` || matchesItem(key, item))) return mapOf(child);
  return undefined;
}

/** Whether `k:{"name":"web"}` or `v:"finalizer"` is this item. */
export function matchesItem(key: string, item: Value | undefined): boolean {
  const wanted = parsed(key.slice(2));
  if (key.startsWith('v:')) return typeof item !== 'object' && wanted === item;
  if (!key.startsWith('k:') || !isMap(item) || typeof wanted !== 'object' || wanted === null) return false;
  // a key with its default may be absent from a manifest, never from a live object
  return Object.entries(wanted).every(([field, value]) => item.get(field) === value);
}

export function isLeaf(fields: ValueMap): boolean {
  return [...fields.keys()].every((key) => key === '.');
}

export function mapOf(value: Value | undefined): ValueMap | undefined {
  return isMap(value) ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
