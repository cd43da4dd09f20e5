import type { OwnedField, Value } from '../model.js';
import type { PathStep } from '../value/path.js';
import { splitImage } from '../value/image-reference.js';
import { isList, isMap } from '../value/values-equal.js';

const ANY_ITEM = Symbol.for('sluice.any-item');

/** What is left of an owned field's path below the node that the merge is at. */
export interface OwnedTail {
  readonly rest: readonly (string | symbol)[];
  readonly part?: 'registry';
  /** The registry that all of the target's other items use: what a new item takes. */
  readonly prefix?: string;
}
export type OwnedTails = readonly OwnedTail[];

/** The owned fields of a document of this kind. */
export function ownedBelow(owned: readonly OwnedField[], kind: string | undefined): OwnedTails {
  return owned.filter((field) => field.kind === undefined || field.kind === kind).map(({ path, part }) => ({ rest: path, ...(part && { part }) }));
}

export function descend(tails: OwnedTails, step: PathStep): OwnedTails {
  if (tails.length === 0) return tails;
  const name = typeof step === 'string' ? step : step.item;
  return tails.filter(({ rest }) => rest.length > 0 && (rest[0] === ANY_ITEM || rest[0] === name)).map((tail) => ({ ...tail, rest: tail.rest.slice(1) }));
}

/** Like {@link descend}, into an item that the target does not have yet: `collection` is the target's list or map that it joins. */
export function descendIntoNew(tails: OwnedTails, step: PathStep, collection: Value | undefined): OwnedTails {
  const known = tails.map((tail) => (tail.part !== undefined && tail.rest[0] === ANY_ITEM ? withPrefix(tail, collection) : tail));
  return descend(known, step);
}

/** True when the environment owns this very node. */
export function ownsNode(tails: OwnedTails): boolean {
  return tails.some((tail) => tail.rest.length === 0 && tail.part === undefined);
}

/** The tail by which the environment owns the registry part of the image reference at this node. */
export function registryTail(tails: OwnedTails): OwnedTail | undefined {
  return tails.find((tail) => tail.rest.length === 0 && tail.part === 'registry');
}

function withPrefix(tail: OwnedTail, collection: Value | undefined): OwnedTail {
  const prefixes = new Set(childrenOf(collection).flatMap((item) => imagesAt(item, tail.rest.slice(1))).map((image) => splitImage(image).prefix));
  const [prefix] = prefixes;
  return prefixes.size === 1 && prefix !== undefined ? { ...tail, prefix } : tail;
}

function imagesAt(value: Value, rest: readonly (string | symbol)[]): string[] {
  const [step, ...below] = rest;
  if (step === undefined) return typeof value === 'string' ? [value] : [];
  if (typeof step === 'symbol') return childrenOf(value).flatMap((item) => imagesAt(item, below));
  const child = isMap(value) ? value.get(step) : undefined;
  return child === undefined ? [] : imagesAt(child, below);
}

function childrenOf(value: Value | undefined): readonly Value[] {
  if (isList(value)) return value;
  return isMap(value) ? [...value.values()] : [];
}
