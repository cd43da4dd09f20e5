import { isList, isMap, itemLabels, valuesEqual, type Value } from '@sluice/manifests';
import type { OwnedStep } from './managed-fields.js';

/** A place where what is there is not what would be there. */
export interface Difference {
  readonly path: readonly OwnedStep[];
  readonly live: Value | undefined;
  readonly wanted: Value | undefined;
}

/** The smallest differing places, in document order; something that is only on one side is one place. Items of lists are matched by their keys where the list has some. */
export function compareLive(kind: string | undefined, live: Value, wanted: Value): Difference[] {
  return compare({ kind, file: '' }, [], live, wanted);
}

type Place = Parameters<typeof itemLabels>[0];

function compare(place: Place, path: readonly OwnedStep[], live: Value | undefined, wanted: Value | undefined): Difference[] {
  if (valuesEqual(live, wanted)) return [];
  if (isMap(live) && isMap(wanted)) {
    const keys = new Set([...wanted.keys(), ...live.keys()]);
    return [...keys].flatMap((key) => compare(place, [...path, { step: key }], live.get(key), wanted.get(key)));
  }
  const items = isList(live) && isList(wanted) ? compareItems(place, path, live, wanted) : undefined;
  return items ?? [{ path, live, wanted }];
}

/** Undefined where the lists are one value each, or differ in their order only. */
function compareItems(place: Place, path: readonly OwnedStep[], live: readonly Value[], wanted: readonly Value[]): Difference[] | undefined {
  const steps = path.map(({ step }) => step);
  const [own, other] = [itemLabels(place, steps, live), itemLabels(place, steps, wanted)];
  if (own === undefined || other === undefined) return undefined;
  const found = [...new Set([...other, ...own])].flatMap((label) => {
    const [item, target] = [live[own.indexOf(label)], wanted[other.indexOf(label)]];
    const known = item ?? target;
    return compare(place, [...path, { step: { item: label }, ...(known !== undefined && { item: known }) }], item, target);
  });
  return found.length > 0 ? found : undefined;
}
