import type { Value } from '../model.js';
import { itemLabels, type ListPlace } from '../value/map-keys.js';
import type { Path, PathStep } from '../value/path.js';
import { isList, isMap, valuesEqual } from '../value/values-equal.js';
import type { Sides } from './sides.js';

/** A document as somebody has resolved its conflicts, and the three versions that this was made for. */
export interface Resolution {
  readonly sides: Sides;
  readonly answer: Value | undefined;
  readonly isComplete: boolean;
}

/** The value that somebody chose for a node with these three versions; undefined when nobody has. An answer without a value takes the node away. */
export function answerAt(document: ListPlace, resolution: Resolution | undefined, path: Path, sides: Sides): { readonly value: Value | undefined } | undefined {
  if (!resolution) return undefined;
  const { base, source, target } = resolution.sides;
  const isSame = valuesEqual(valueAt(document, base, path), sides.base) && valuesEqual(valueAt(document, source, path), sides.source) && valuesEqual(valueAt(document, target, path), sides.target);
  if (!isSame) return undefined;
  const value = valueAt(document, resolution.answer, path);
  return resolution.isComplete || !valuesEqual(value, sides.target) ? { value } : undefined;
}

function valueAt(document: ListPlace, root: Value | undefined, path: Path): Value | undefined {
  let value = root;
  for (const [depth, step] of path.entries()) value = childAt(document, value, path.slice(0, depth), step);
  return value;
}

function childAt(document: ListPlace, parent: Value | undefined, path: Path, step: PathStep): Value | undefined {
  if (typeof step === 'string') return isMap(parent) ? parent.get(step) : undefined;
  if (!isList(parent)) return undefined;
  const labels = itemLabels(document, path, parent);
  return labels ? parent[labels.indexOf(step.item)] : parent[Number(step.item)];
}
