import { printableLine } from '@sluice/kernel';
import type { ComposeConflict } from '../model.js';
import type { DocumentPart } from './document-set.js';
import { SIDES, type MovedObject, type Side } from './find-moves.js';

/** An object's document that goes to another file on one side, to where the other side has moved it. */
export interface Relocation {
  readonly side: Side;
  readonly from: string;
  readonly to: string;
  readonly part: DocumentPart;
  /** The side that has it there already. */
  readonly guide: Side;
}

export interface MovePlan {
  readonly relocations: readonly Relocation[];
  readonly conflicts: readonly ComposeConflict[];
}

/** Where an object has one file to be in, all sides are to have it there. What only one side did to its place counts; what both did differently is a conflict. */
export function planMoves(objects: readonly MovedObject[]): MovePlan {
  const relocations: Relocation[] = [];
  const conflicts: ComposeConflict[] = [];
  for (const object of objects) {
    const guide = moverOf(object);
    if (guide === undefined) conflicts.push(movedApart(object));
    else relocations.push(...relocationsOf(object, guide));
  }
  return { relocations, conflicts };
}

/** The side whose place counts; `undefined` when source and target each chose another. */
function moverOf({ places }: MovedObject): Side | undefined {
  const [base, source, target] = SIDES.map((side) => places[side]?.path);
  if (source === undefined || source === base) return 'target';
  return target === undefined || target === base || target === source ? 'source' : undefined;
}

function relocationsOf({ places }: MovedObject, guide: Side): Relocation[] {
  const to = places[guide]?.path;
  return SIDES.flatMap((side) => {
    const place = places[side];
    return place === undefined || to === undefined || place.path === to ? [] : [{ side, from: place.path, to, part: place.part, guide }];
  });
}

function movedApart({ object, places: { base, source, target } }: MovedObject): ComposeConflict {
  const [theirs, ours] = [source, target].map((place) => printableLine(place?.path ?? ''));
  const message = base === undefined ? `the source added this object in ${theirs}, the target in ${ours}` : `the source moved this object to ${theirs}, the target to ${ours}`;
  return { path: source?.path ?? '', reason: 'both-changed', message: `${message}: keep it in one file, or resolve it on the branch of the request`, object };
}
