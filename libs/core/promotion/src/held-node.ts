import { printableLine } from '@sluice/kernel';
import { formatIdentity, isStructured } from '@sluice/manifests';
import type { ObjectChange, ObjectIdentity } from '@sluice/manifests';

/** A place in an application's content: a field of an object or file, or without `field` all of it. */
export interface HeldNode {
  readonly path: string;
  readonly object?: ObjectIdentity;
  readonly field?: string;
}

/** More places than that are told object by object, then file by file. */
const MAX_NODES = 200;
const MAX_DESCRIBED = 5;

/** The places that a difference is about. What only comments or the format differ in is none: no value changes with it. */
export function nodesOf(changes: readonly ObjectChange[]): readonly HeldNode[] {
  const nodes = changes.flatMap(nodesOfChange);
  if (nodes.length <= MAX_NODES) return nodes;
  const objects = distinct(nodes.map(({ path, object }) => ({ path, ...(object && { object }) })));
  return objects.length <= MAX_NODES ? objects : distinct(objects.map(({ path }) => ({ path }))).slice(0, MAX_NODES);
}

function nodesOfChange(change: ObjectChange): readonly HeldNode[] {
  const place = { path: change.path, ...(change.object && { object: change.object }) };
  const isWhole = change.change !== 'modified' || change.truncated;
  if (isWhole) return [place];
  // an object that only went to another file has the values that it had
  if (change.fields.length > 0) return change.fields.flatMap(({ field }) => (field === '(file)' ? [] : [field === '(mode)' || field === '' ? place : { ...place, field }]));
  return isStructured(change.path) ? [] : [place];
}

/** Those of the nodes that are at one of the others, above it or below it. */
export function nodesAt(nodes: readonly HeldNode[], others: readonly HeldNode[]): readonly HeldNode[] {
  return nodes.filter((node) => others.some((other) => meets(node, other)));
}

/** The first nodes and those of the second that none of the first covers. */
export function nodesOfBoth(first: readonly HeldNode[], second: readonly HeldNode[]): readonly HeldNode[] {
  return [...first, ...second.filter((node) => !first.some((other) => samePlace(node, other) && (other.field === undefined || other.field === node.field)))].slice(0, 2 * MAX_NODES);
}

function meets(a: HeldNode, b: HeldNode): boolean {
  if (!samePlace(a, b)) return false;
  return a.field === undefined || b.field === undefined || a.field === b.field || isBelow(a.field, b.field) || isBelow(b.field, a.field);
}

/** An object is the same one in whatever file and API group it is; what has no identity is told by its file. */
function samePlace(a: HeldNode, b: HeldNode): boolean {
  if (!a.object || !b.object) return a.path === b.path && (!a.object === !b.object || isWholeFile(a) || isWholeFile(b));
  return a.object.kind === b.object.kind && a.object.namespace === b.object.namespace && a.object.name === b.object.name;
}

function isWholeFile({ object, field }: HeldNode): boolean {
  return !object && field === undefined;
}

function isBelow(field: string, above: string): boolean {
  return field.startsWith(above) && /^[.[]/.test(field.slice(above.length));
}

function distinct(nodes: readonly HeldNode[]): readonly HeldNode[] {
  return [...new Map(nodes.map((node) => [JSON.stringify([node.path, node.object]), node])).values()];
}

/** `spec.replicas of Deployment.apps checkout in apps/checkout/deployment.yaml`; fit to be shown. */
export function describeNode({ path, object, field }: HeldNode): string {
  const owner = object ? `${formatIdentity(object)} in ${path}` : path;
  return printableLine(field === undefined ? owner : `${field} of ${owner}`, 300);
}

/** The first few of them, and how many more there are. */
export function describeNodes(nodes: readonly HeldNode[]): string {
  const shown = nodes.slice(0, MAX_DESCRIBED).map(describeNode).join('; ');
  return nodes.length > MAX_DESCRIBED ? `${shown}; and ${nodes.length - MAX_DESCRIBED} more` : shown;
}
