import type { Value, ValueMap } from '../model.js';
import { splitImage } from '../value/image-reference.js';
import { isListOfObjects } from '../value/map-keys.js';
import { isList, isMap, valuesEqual } from '../value/values-equal.js';
import { bringAlong } from './bring-along.js';
import { equalExceptOwned, ownedOnly } from './equal-except-owned.js';
import { settle, type MergeContext, type Place, type Sides } from './merge-context.js';
import { mergeLists } from './merge-list.js';
import { mergeMaps } from './merge-map.js';
import { ownsNode, registryTail } from './ownership.js';

/**
 * Three versions of a node made into one; `undefined` when it is not to be there. The caller has checked that the target has the parent, or that it is a document.
 * Conflicts and notes are added to the context; what is returned beside a conflict has no meaning.
 */
export function mergeNode(context: MergeContext, place: Place, sides: Sides): Value | undefined {
  const { base, source, target } = sides;
  if (ownsNode(place.tails)) return target;
  if (place.tails.length === 0 && !holdsObjects(context, place)) {
    if (valuesEqual(source, base) || valuesEqual(source, target)) return target;
    if (valuesEqual(target, base)) return source;
  }
  if (source === undefined) return mergeRemoved(context, place, sides);
  if (target === undefined) return mergeMissing(context, place, sides);
  return mergePresent(context, place, { base, source, target });
}

interface PresentSides extends Sides {
  readonly source: Value;
  readonly target: Value;
}

function mergePresent(context: MergeContext, place: Place, sides: PresentSides): Value | undefined {
  const { base, source, target } = sides;
  if (isMap(source) && isMap(target) && isMapOrAbsent(base)) return mergeMaps(context, place, { base, source, target }, mergeNode);
  if (isList(source) && isList(target) && isListOrAbsent(base)) return mergeLists(context, place, { base, source, target }, mergeNode);
  const isImage = registryTail(place.tails) !== undefined && typeof source === 'string' && typeof target === 'string';
  return isImage ? mergeImages(context, place, sides) : mergeWhole(context, place, sides);
}

function isMapOrAbsent(value: Value | undefined): value is ValueMap | undefined {
  return value === undefined || isMap(value);
}

function isListOrAbsent(value: Value | undefined): value is readonly Value[] | undefined {
  return value === undefined || isList(value);
}

// what the environment owns in the items of a List is told by their kinds, further down
function holdsObjects(context: MergeContext, place: Place): boolean {
  return context.kind === 'List' && context.owned.length > 0 && (place.path.length === 0 || isListOfObjects(context.kind, place.path));
}

// the source has no such node
function mergeRemoved(context: MergeContext, place: Place, sides: Sides): Value | undefined {
  const { base, target } = sides;
  if (base === undefined || target === undefined) return target;
  if (equalExceptOwned(context, place, target, base)) return isItem(place) ? undefined : ownedOnly(place, target);
  return settle(context, place, sides, 'deleted-and-changed');
}

// the target has no such node, but its parent
function mergeMissing(context: MergeContext, place: Place, sides: Sides): Value | undefined {
  const { base, source } = sides;
  if (source === undefined) return undefined;
  if (base === undefined) return bringAlong(context, place, source);
  return equalExceptOwned(context, place, source, base) ? undefined : settle(context, place, sides, 'deleted-and-changed');
}

// an item or a document goes as a whole; of a map in between, what the environment owns stays
function isItem(place: Place): boolean {
  return typeof place.path.at(-1) !== 'string';
}

function mergeImages(context: MergeContext, place: Place, sides: Sides): Value | undefined {
  const [base, source, target] = [sides.base, sides.source, sides.target].map((value) => splitImage(typeof value === 'string' ? value : ''));
  if (base === undefined || source === undefined || target === undefined) return null;
  if (source.rest === base.rest || source.rest === target.rest) return target.prefix + target.rest;
  if (target.rest === base.rest) return target.prefix + source.rest;
  const settled = settle(context, place, sides, 'both-changed');
  return typeof settled === 'string' ? target.prefix + splitImage(settled).rest : settled;
}

function mergeWhole(context: MergeContext, place: Place, sides: Sides): Value | undefined {
  const { base, source, target } = sides;
  if (equalExceptOwned(context, place, source, base) || equalExceptOwned(context, place, source, target)) return target;
  if (source !== undefined && equalExceptOwned(context, place, target, base)) return bringAlong(context, place, source);
  return settle(context, place, sides, 'both-changed');
}
