import { canonical, isObject, type Json, type JsonObject } from '../api/json.js';

/** A step to a field: `f:<name>` of a map, `k:<keys>` of an item of a list by its map keys, `v:<value>` of an item of a set. */
export type Element = string;
export type FieldPath = readonly Element[];

const SEPARATOR = '\u0000';

/** The fields that somebody owns. A field in it may be a leaf, or an item that has more of the set below it. */
export class FieldSet {
  private readonly paths = new Set<string>();

  static of(paths: Iterable<FieldPath>): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.add(path);
    return set;
  }

  get size(): number {
    return this.paths.size;
  }

  add(path: FieldPath): void {
    this.paths.add(path.join(SEPARATOR));
  }

  has(path: FieldPath): boolean {
    return this.paths.has(path.join(SEPARATOR));
  }

  /** True when the field or anything below it is in the set. */
  reaches(path: FieldPath): boolean {
    const start = path.join(SEPARATOR);
    if (this.paths.has(start)) return true;
    for (const one of this.paths) if (one.startsWith(`${start}${SEPARATOR}`)) return true;
    return false;
  }

  *[Symbol.iterator](): IterableIterator<FieldPath> {
    for (const path of this.paths) yield path.split(SEPARATOR);
  }

  filter(keep: (path: FieldPath) => boolean): FieldSet {
    return FieldSet.of([...this].filter(keep));
  }

  union(other: FieldSet): FieldSet {
    return FieldSet.of([...this, ...other]);
  }

  without(other: FieldSet): FieldSet {
    return this.filter((path) => !other.has(path));
  }

  equals(other: FieldSet): boolean {
    return this.size === other.size && [...this].every((path) => other.has(path));
  }
}

/** The `fieldsV1` form: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/#System */
export function toFieldsV1(set: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const path of set) {
    let node = root;
    for (const element of path) node = nodeBelow(node, element);
    node['.'] = {};
  }
  return tidy(root);
}

function nodeBelow(parent: JsonObject, element: Element): JsonObject {
  const found = parent[element];
  if (isObject(found)) return found;
  const made: JsonObject = {};
  parent[element] = made;
  return made;
}

/** A leaf is `{}`; only what has more below it says `.`. */
function tidy(node: JsonObject): JsonObject {
  const keys = Object.keys(node).sort();
  if (keys.length === 1 && keys[0] === '.') return {};
  return Object.fromEntries(keys.map((key) => [key, key === '.' ? {} : tidy(node[key] as JsonObject)]));
}

export function fromFieldsV1(fields: JsonObject): FieldSet {
  const set = new FieldSet();
  collect(fields, [], set);
  return set;
}

function collect(node: JsonObject, path: FieldPath, set: FieldSet): void {
  for (const [key, below] of Object.entries(node)) {
    if (key === '.') set.add(path);
    else if (isObject(below) && Object.keys(below).length > 0) collect(below, [...path, normalised(key)], set);
    else set.add([...path, normalised(key)]);
  }
}

function normalised(element: string): Element {
  if (!element.startsWith('k:') && !element.startsWith('v:')) return element;
  return `${element.slice(0, 2)}${canonical(JSON.parse(element.slice(2)) as Json)}`;
}

/** `.spec.template.spec.containers[name="web"].image`: how conflicts name a field. */
export function printPath(path: FieldPath): string {
  return path.map(printElement).join('');
}

function printElement(element: Element): string {
  if (element.startsWith('f:')) return `.${element.slice(2)}`;
  const value = JSON.parse(element.slice(2)) as Json;
  if (element.startsWith('v:') || !isObject(value)) return `[=${JSON.stringify(value)}]`;
  return `[${Object.entries(value).map(([key, part]) => `${key}=${JSON.stringify(part)}`).join(',')}]`;
}
