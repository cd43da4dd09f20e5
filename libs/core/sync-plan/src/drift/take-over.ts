import { editDocuments, formatIdentity, holdsSecret, identityOf, itemLabels, isList, isMap, kindOf, type FileVersion, type Path, type Value } from '@sluice/manifests';
import { UnreadableJson, readJson } from '../json.js';
import type { CapturedField, DriftCapture } from '../model.js';
import { hasSecret, textHasSecret } from './has-secret.js';

/** One drifted place of a commit's file, as it is to be in git. */
export interface PlaceCapture {
  readonly path: string;
  /** Of an object in the file, as reports name it: with the namespace that it is applied to. */
  readonly object?: string | undefined;
  readonly capture: DriftCapture;
}

/** Something that is not taken over, and why. */
export interface LeftPlace {
  readonly path: string;
  readonly object?: string | undefined;
  readonly message: string;
}

export interface TakenOver {
  /** The files that change. */
  readonly edits: readonly { readonly path: string; readonly file: FileVersion }[];
  readonly left: readonly LeftPlace[];
}

/**
 * The files of a commit with what is live in a cluster in place of what was wanted there. A text is taken as it is; fields are put into the object's document, and all around them stays, byte for byte.
 * Nothing of a Secret is taken, whatever a capture holds. Never throws for what is in files or captures.
 */
export function takeOver(files: ReadonlyMap<string, FileVersion>, captures: readonly PlaceCapture[]): TakenOver {
  const changed = new Map<string, FileVersion>();
  const left: LeftPlace[] = [];
  for (const { path, object, capture } of captures) {
    const before = changed.get(path) ?? files.get(path);
    const outcome = before === undefined ? 'no file of this name is in the commit that the cluster runs: what it is rendered from has to be changed by hand' : takeOne(path, before, object, capture);
    if (typeof outcome === 'string') left.push({ path, ...(object !== undefined && { object }), message: outcome });
    else changed.set(path, outcome);
  }
  return { edits: [...changed].flatMap(([path, file]) => (sameBytes(file, files.get(path)) ? [] : [{ path, file }])), left };
}

function takeOne(path: string, file: FileVersion, object: string | undefined, capture: DriftCapture): FileVersion | string {
  if ('text' in capture) return takeText(path, file, capture.text);
  return object === undefined ? 'it is not said which object its fields belong to' : takeFields(file, object, capture.fields);
}

function takeText(path: string, file: FileVersion, text: string): FileVersion | string {
  if (file.mode === '120000' || file.mode === '160000') return 'it is no file';
  if (textHasSecret(path, text)) return 'it has a Secret, which is never taken over';
  return { mode: file.mode, bytes: new TextEncoder().encode(text) };
}

/** What is wrong with one field: ends the edit of its object. */
class NotTaken extends Error {}

function takeFields(file: FileVersion, object: string, fields: readonly CapturedField[]): FileVersion | string {
  let met = 0;
  try {
    const edited = editDocuments(file, (document) => {
      if (!isNamed(document, object)) return document;
      met += 1;
      if (holdsSecret(document)) throw new NotTaken('it is a Secret, or holds one: that is never taken over');
      return fields.reduce((value, field) => withField(value, field), document);
    });
    if (edited.kind === 'unreadable') return edited.message;
    if (met !== 1) return met === 0 ? 'the file has no document of this object: what renders it has to be changed by hand' : 'the file has several documents of this object';
    return edited.kind === 'write' ? edited.file : file;
  } catch (error) {
    if (error instanceof NotTaken || error instanceof UnreadableJson) return error.message;
    throw error;
  }
}

/** A manifest may leave its namespace to where it is applied. */
function isNamed(document: Value, object: string): boolean {
  const identity = identityOf(document);
  if (!identity) return false;
  if (formatIdentity(identity) === object) return true;
  const [kind, place = ''] = object.split(' ');
  return identity.namespace === '' && formatIdentity(identity) === `${kind ?? ''} ${place.slice(place.indexOf('/') + 1)}`;
}

function withField(document: Value, { path, value }: CapturedField): Value {
  const wanted = value === undefined ? undefined : readJson(value);
  if (hasSecret(kindOf(document), path, wanted)) throw new NotTaken('what is there holds a Secret: that is never taken over');
  return put({ kind: kindOf(document), path: [] }, document, path, wanted) ?? document;
}

interface At {
  readonly kind: string | undefined;
  readonly path: Path;
}

/** @returns undefined: the field is to go. */
function put(at: At, value: Value | undefined, rest: Path, wanted: Value | undefined): Value | undefined {
  const [step, ...below] = rest;
  if (step === undefined) return replacement(value, wanted);
  if (typeof step === 'string') return putKey(at, value, { step, below }, wanted);
  const labels = isList(value) ? itemLabels({ kind: at.kind, file: '' }, at.path, value) : undefined;
  const index = labels?.indexOf(step.item) ?? -1;
  if (!isList(value) || index < 0 || (below.length === 0 && wanted === undefined)) throw new NotTaken(`an item of a list has come or gone (${step.item}): do it by hand`);
  return value.map((item, position) => (position === index ? (put({ ...at, path: [...at.path, step] }, item, below, wanted) ?? item) : item));
}

function putKey(at: At, value: Value | undefined, { step, below }: { readonly step: string; readonly below: Path }, wanted: Value | undefined): Value {
  if (value !== undefined && value !== null && !isMap(value)) throw new NotTaken(`${step} stands in something that is no map in git`);
  const map = new Map(isMap(value) ? value : []);
  const next = put({ ...at, path: [...at.path, step] }, map.get(step), below, wanted);
  if (next === undefined) map.delete(step);
  else map.set(step, next);
  return map;
}

/** Lists are edited item by item: one of another length is left to a person. */
function replacement(value: Value | undefined, wanted: Value | undefined): Value | undefined {
  if (isList(value) && isList(wanted) && value.length !== wanted.length) throw new NotTaken('a list has another length: do it by hand');
  return wanted;
}

function sameBytes(a: FileVersion, b: FileVersion | undefined): boolean {
  return b !== undefined && a.bytes.length === b.bytes.length && a.bytes.every((byte, index) => byte === b.bytes[index]);
}
