import { formatPath, isList, isMap, itemLabels, kindOf, printValue, type PathStep, type Value, type ValueMap } from '@sluice/manifests';
import { printableLine } from '@sluice/kernel';
import type { ForeignField, IgnoreRule } from '../model.js';
import { isIgnored } from './ignore-rules.js';
import { isLeaf, mapOf, managersOf, matchesItem, owns, type OwnedStep } from './managed-fields.js';

/** Whose fields, or which fields of others, are expected and not reported. A manager may end with `*`. */
export interface ForeignAllowance {
  readonly managers: readonly string[];
  readonly fields: readonly IgnoreRule[];
}

/** What every cluster does by itself. */
export const EXPECTED_FOREIGN: ForeignAllowance = {
  managers: ['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-apiserver', 'cloud-controller-manager', 'kube-proxy', 'clusterrole-aggregation-controller'],
  fields: [{ path: ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'] }, { path: ['metadata', 'finalizers'] }, { path: ['metadata', 'ownerReferences'] }, { path: ['status'] }],
};

export interface ForeignInput {
  readonly live: Value;
  /** What a dry run of our apply would make of it: with the fields that are ours as soon as it is applied. */
  readonly dryRun?: Value | undefined;
  readonly manager: string;
  readonly allowed: ForeignAllowance;
  readonly limit: number;
}

/** The fields of a live object that others have set and that are not ours to set either, the largest whole ones, up to a bound and one more. */
export function foreignFields({ live, dryRun, manager, allowed, limit }: ForeignInput): ForeignField[] {
  const all = managersOf(live);
  const own = [...all, ...managersOf(dryRun)].filter((entry) => entry.manager === manager);
  const walk: Walk = { kind: kindOf(live), own: own.map(({ fields }) => fields), allowed };
  const found = new Map<string, ForeignField>();
  for (const other of all) {
    if (other.manager === manager || isExpected(other.manager, allowed)) continue;
    for (const place of placesOf(walk, other.fields, { path: [], value: live })) {
      if (found.size > limit) break;
      note(found, walk, place, printableLine(other.manager, 100));
    }
  }
  return [...found.values()];
}

function note(found: Map<string, ForeignField>, { kind }: Walk, { path, value }: Spot, by: string): void {
  const field = formatPath(stepsOf(path));
  const known = found.get(field);
  if (!known) found.set(field, { field, live: printValue(kind, stepsOf(path), value), by });
  else if (!known.by.split(', ').includes(by)) found.set(field, { ...known, by: printableLine(`${known.by}, ${by}`) });
}

interface Walk {
  readonly kind: string | undefined;
  readonly own: readonly ValueMap[];
  readonly allowed: ForeignAllowance;
}

interface Spot {
  readonly path: readonly OwnedStep[];
  readonly value: Value;
}

function* placesOf(walk: Walk, fields: ValueMap, at: Spot): Generator<Spot> {
  for (const [key, below] of fields) {
    const spot = spotAt(walk, key, at);
    const child = mapOf(below);
    if (spot === undefined || child === undefined) continue;
    const ours = walk.own.some((own) => owns(own, spot.path));
    // an item of somebody's is told as one
    const isWhole = isLeaf(child) || (key.startsWith('k:') && child.has('.') && !ours);
    if (!isWhole) yield* placesOf(walk, child, spot);
    else if (!ours) yield spot;
  }
}

/** Where a key of managedFields leads; undefined when the object has nothing there, or it is expected to have. */
function spotAt(walk: Walk, key: string, at: Spot): Spot | undefined {
  const spot = key === '.' ? undefined : findSpot(walk, key, at);
  return spot === undefined || isIgnored(walk.allowed.fields, walk.kind, stepsOf(spot.path)) ? undefined : spot;
}

function findSpot(walk: Walk, key: string, { path, value }: Spot): Spot | undefined {
  if (key.startsWith('f:')) {
    const field = key.slice(2);
    const child = isMap(value) ? value.get(field) : undefined;
    return child === undefined ? undefined : { path: [...path, { step: field }], value: child };
  }
  if (!isList(value)) return undefined;
  const index = key.startsWith('i:') ? Number(key.slice(2)) : value.findIndex((item) => matchesItem(key, item));
  const item = value[index];
  if (item === undefined) return undefined;
  const label = itemLabels({ kind: walk.kind, file: '' }, stepsOf(path), value)?.[index] ?? String(index);
  return { path: [...path, { step: { item: label }, item }], value: item };
}

function stepsOf(path: readonly OwnedStep[]): PathStep[] {
  return path.map(({ step }) => step);
}

function isExpected(manager: string, { managers }: ForeignAllowance): boolean {
  return managers.some((name) => (name.endsWith('*') ? manager.startsWith(name.slice(0, -1)) : manager === name));
}
