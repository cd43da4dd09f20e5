import { isList, isMap, type Value, type ValueMap } from '@sluice/manifests';
import { readJson, UnreadableJson } from './json.js';

/** Who writes for `kubectl apply` on the client's side; `before-first-apply`: what was there when the server began to write down who sets what. */
const CLIENT_SIDE = ['kubectl-client-side-apply', 'kubectl', 'before-first-apply'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * `metadata.managedFields` of an object that `kubectl apply` had on the client's side and `manager` has applied by now: with what kubectl's last configuration had as the manager's own. The manager's next apply then
 * removes of it what is no longer wanted, as kubectl's would have; else it would stay for ever. What only is a default, or came by another way, stays whose it is.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
 * @returns undefined when there is nothing of the kind
 */
export function takeOverFields(object: Value, manager: string): readonly Value[] | undefined {
  const metadata = isMap(object) ? object.get('metadata') : undefined;
  const entries = isMap(metadata) ? metadata.get('managedFields') : undefined;
  const last = lastApplied(metadata);
  if (!isList(entries) || !last) return undefined;
  const own = entries.find((entry) => isEntry(entry, [manager], 'Apply'));
  if (!isMap(own)) return undefined;
  let taken = fieldsOf(own);
  const others = entries.map((entry) => {
    if (!isMap(entry) || !isEntry(entry, CLIENT_SIDE, 'Update') || entry.get('apiVersion') !== own.get('apiVersion')) return entry;
    const { within, outside } = split(fieldsOf(entry), last);
    taken = union(taken, within);
    return outside.size === 0 ? undefined : new Map(entry).set('fieldsV1', outside);
  });
  if (others.every((entry, index) => entry === entries[index])) return undefined;
  return others.flatMap((entry) => (entry === undefined ? [] : [entry === own ? new Map(own).set('fieldsV1', taken) : entry]));
}

function lastApplied(metadata: Value | undefined): Value | undefined {
  const annotations = isMap(metadata) ? metadata.get('annotations') : undefined;
  const text = isMap(annotations) ? annotations.get(LAST_APPLIED) : undefined;
  if (typeof text !== 'string') return undefined;
  try {
    return withLastApplied(readJson(text));
  } catch (error) {
    if (error instanceof UnreadableJson) return undefined;
    throw error;
  }
}

// the annotation does not have itself, and is kubectl's as well
function withLastApplied(value: Value): Value {
  if (!isMap(value)) return value;
  const metadata = value.get('metadata');
  const annotations = isMap(metadata) ? metadata.get('annotations') : undefined;
  const all = new Map(isMap(annotations) ? annotations : []).set(LAST_APPLIED, '');
  return new Map(value).set('metadata', new Map(isMap(metadata) ? metadata : []).set('annotations', all));
}

function isEntry(entry: Value, managers: readonly string[], operation: string): boolean {
  if (!isMap(entry)) return false;
  const manager = entry.get('manager');
  return typeof manager === 'string' && managers.includes(manager) && entry.get('operation') === operation && (entry.get('subresource') ?? '') === '';
}

function fieldsOf(entry: ValueMap): ValueMap {
  const fields = entry.get('fieldsV1');
  return isMap(fields) ? fields : new Map();
}

interface Split {
  readonly within: ValueMap;
  readonly outside: ValueMap;
}

/** Fields of fieldsV1 that a configuration has, and those that it has not. */
function split(fields: ValueMap, value: Value | undefined): Split {
  const [within, outside] = [new Map<string, Value>(), new Map<string, Value>()];
  for (const [key, child] of fields) {
    const found = key === '.' ? value : valueAt(key, value);
    if (found === undefined) outside.set(key, child);
    else if (!isMap(child) || child.size === 0) within.set(key, child);
    else {
      const below = split(child, found);
      if (below.within.size > 0) within.set(key, below.within);
      if (below.outside.size > 0) outside.set(key, below.outside);
    }
  }
  return { within, outside };
}

function valueAt(key: string, value: Value | undefined): Value | undefined {
  if (key.startsWith('f:')) return isMap(value) ? (value.get(key.slice(2)) ?? undefined) : undefined;
  if (!isList(value)) return undefined;
  if (key.startsWith('i:')) return value[Number(key.slice(2))];
  const wanted = parsed(key.slice(2));
  if (key.startsWith('v:')) return value.find((item) => item === wanted);
  return isMap(wanted) ? value.find((item) => isMap(item) && hasKeys(item, wanted)) : undefined;
}

/** A key with its default may be absent from a configuration: `protocol: TCP`. */
function hasKeys(item: ValueMap, keys: ValueMap): boolean {
  const known = [...keys].filter(([field]) => item.has(field));
  return known.length > 0 && known.every(([field, wanted]) => item.get(field) === wanted);
}

function parsed(text: string): Value | undefined {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

function union(a: ValueMap, b: ValueMap): ValueMap {
  const all = new Map(a);
  for (const [key, child] of b) {
    const mine = all.get(key);
    all.set(key, isMap(mine) && isMap(child) ? union(mine, child) : (mine ?? child));
  }
  return all;
}
