import type { Value } from '../model.js';
import { splitImage } from '../value/image-reference.js';
import { itemLabels } from '../value/map-keys.js';
import { isList, isMap } from '../value/values-equal.js';
import { childOf, itemOf } from './equal-except-owned.js';
import { addNote, type MergeContext, type Place } from './merge-context.js';
import { ownsNode, registryTail } from './ownership.js';

/**
 * The source's value for a node that the target has no place for yet. Owned fields in it cannot keep the target's value, so they come along and are noted for
 * the reviewer; an image takes the registry that the target's other items share.
 */
export function bringAlong(context: MergeContext, place: Place, value: Value): Value {
  if (place.tails.length === 0) return value;
  if (ownsNode(place.tails)) return noted(context, place, value, 'the environment owns this field but has no value for it: the value of the source came along');
  if (typeof value === 'string') return bringImage(context, place, value);
  if (isMap(value)) return new Map([...value].map(([key, item]) => [key, bringAlong(context, childOf(place, key), item)]));
  return isList(value) ? bringItems(context, place, value) : value;
}

function bringItems(context: MergeContext, place: Place, list: readonly Value[]): Value {
  const labels = itemLabels(context, place.path, list);
  return list.map((item, index) => bringAlong(context, itemOf(place, labels?.[index] ?? String(index)), item));
}

function bringImage(context: MergeContext, place: Place, image: string): Value {
  const tail = registryTail(place.tails);
  if (tail === undefined) return image;
  if (tail.prefix === undefined) return noted(context, place, image, 'the environment owns the registry of this image but uses no single one here: the reference of the source came along');
  return noted(context, place, tail.prefix + splitImage(image).rest, "a new image: it is taken from the environment's own registry");
}

function noted(context: MergeContext, place: Place, value: Value, message: string): Value {
  addNote(context, place.path, value, message);
  return value;
}
