import type { ComposeConflict, ComposeNote, ConflictReason, ObjectIdentity, OwnedField, Value } from '../model.js';
import type { ListPlace } from '../value/map-keys.js';
import { formatPath, type Path } from '../value/path.js';
import { MASKED, holdsSecret, printValue } from '../value/redact.js';
import type { OwnedTails } from './ownership.js';
import { answerAt, type Resolution } from './resolution.js';
import type { Sides } from './sides.js';

export type { Sides } from './sides.js';

/** The document that is being merged, and what was found in it. */
export interface MergeContext extends ListPlace {
  readonly object?: ObjectIdentity;
  /** The document on each side: what it holds decides what of it may be shown. */
  readonly roots: readonly (Value | undefined)[];
  readonly owned: readonly OwnedField[];
  /** How somebody has resolved conflicts of the document. */
  readonly resolution?: Resolution;
  readonly conflicts: ComposeConflict[];
  readonly notes: ComposeNote[];
}

/** A node of the document: where it is, and what the environment owns from here on. */
export interface Place {
  readonly path: Path;
  readonly tails: OwnedTails;
}


/** The value of a node that source and target changed differently: what somebody has chosen; else the target's, and a conflict. */
export function settle(context: MergeContext, place: Place, sides: Sides, reason: ConflictReason): Value | undefined {
  const answer = answerAt(context, context.resolution, place.path, sides);
  if (answer) return answer.value;
  addConflict(context, place, sides, reason);
  return sides.target;
}

export function addConflict(context: MergeContext, place: Place, sides: Sides, reason: ConflictReason): void {
  const print = (value: Value | undefined): string | undefined => (value === undefined ? undefined : show(context, place.path, value));
  const values = { base: print(sides.base), source: print(sides.source), target: print(sides.target) };
  context.conflicts.push({
    path: context.file,
    reason,
    message: messageOf(reason, sides),
    ...(context.object && { object: context.object }),
    field: formatPath(place.path),
    ...(values.base !== undefined && { base: values.base }),
    ...(values.source !== undefined && { source: values.source }),
    ...(values.target !== undefined && { target: values.target }),
  });
}

export function addNote(context: MergeContext, path: Path, value: Value, message: string): void {
  const { file, object } = context;
  context.notes.push({ path: file, ...(object && { object }), field: formatPath(path), value: show(context, path, value), message });
}

/** A Secret that stands in another object: where exactly is not followed here, so that all data in that object is masked. */
function show({ kind, roots }: MergeContext, path: Path, value: Value): string {
  return path.indexOf('data') > 0 && roots.some(holdsSecret) ? MASKED : printValue(kind, path, value);
}

function messageOf(reason: ConflictReason, sides: Sides): string {
  if (reason !== 'deleted-and-changed') return 'source and target changed this differently: change one of them, or resolve it on the branch of the request';
  return sides.source === undefined ? 'the source removed what the target has changed' : 'the source changed what the target has removed';
}
