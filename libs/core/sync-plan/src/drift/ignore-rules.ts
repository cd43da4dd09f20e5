import { isList, isMap, itemLabels, type PathStep, type Value, type ValueMap } from '@sluice/manifests';
import type { IgnoreRule } from '../model.js';

const ANY = '*';

/** Whether rules say that a field of an object of this kind is nobody's business: it, or something around it. */
export function isIgnored(rules: readonly IgnoreRule[], kind: string | undefined, path: readonly PathStep[]): boolean {
  return rules.some((rule) => (rule.kind === undefined || rule.kind === kind) && rule.path.length <= path.length && rule.path.every((segment, index) => segment === ANY || segment === nameOf(path[index])));
}

/**
 * What to apply so that ignored fields stay as they are: with the live values in their place. A field that was left out instead would be given up, and removed with its last owner.
 * Without a live object everything is as the commit wants it.
 */
export function keepIgnored(desired: ValueMap, live: Value | undefined, rules: readonly IgnoreRule[]): ValueMap {
  if (!isMap(live)) return desired;
  const kind = desired.get('kind');
  let kept: Value = desired;
  for (const rule of rules) {
    if (rule.kind === undefined || rule.kind === kind) kept = keepAt({ kind: typeof kind === 'string' ? kind : undefined, path: [] }, rule.path, kept, live) ?? kept;
  }
  return isMap(kept) ? kept : desired;
}

interface At {
  readonly kind: string | undefined;
  readonly path: readonly PathStep[];
}

function keepAt(at: At, rest: readonly string[], desired: Value, live: Value | undefined): Value | undefined {
  const [segment, ...below] = rest;
  if (segment === undefined) return live;
  if (isMap(desired) && isMap(live)) {
    const keys = segment === ANY ? [...desired.keys()] : [segment].filter((key) => desired.has(key));
    return keys.reduce((map, key) => withKept(map, key, keepAt(step(at, key), below, desired.get(key) ?? null, live.get(key))), new Map(desired));
  }
  return segment === ANY && isList(desired) && isList(live) ? keepItems(at, below, desired, live) : desired;
}

function keepItems(at: At, below: readonly string[], desired: readonly Value[], live: readonly Value[]): Value {
  const [own, other] = [desired, live].map((list) => itemLabels({ kind: at.kind, file: '' }, at.path, list));
  const byIndex = (own === undefined || other === undefined) && desired.length === live.length;
  const partner = (index: number): Value | undefined => (byIndex ? live[index] : live[other?.indexOf(own?.[index] ?? '') ?? -1]);
  return desired.flatMap((item, index) => {
    const match = partner(index);
    const kept = match === undefined ? item : keepAt(step(at, { item: own?.[index] ?? String(index) }), below, item, match);
    return kept === undefined ? [] : [kept];
  });
}

function withKept(map: Map<string, Value>, key: string, value: Value | undefined): Map<string, Value> {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
  return map;
}

function step(at: At, next: PathStep): At {
  return { kind: at.kind, path: [...at.path, next] };
}

function nameOf(pathStep: PathStep | undefined): string | undefined {
  return typeof pathStep === 'object' ? pathStep.item : pathStep;
}
