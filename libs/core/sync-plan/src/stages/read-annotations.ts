import { printableLine, type Result, err, ok } from '@sluice/kernel';
import type { ObjectIdentity, Value } from '@sluice/manifests';
import { ANNOTATIONS, annotationOf } from '../annotations.js';
import { identityOfKey } from '../object-key.js';

const MAX_WAVE = 1_000;
const MAX_REFERENCES = 100;

/** The wave that an object asks for; undefined without the annotation. The error says what is wrong with it. */
export function readWave(object: Value): Result<number | undefined, string> {
  const text = annotationOf(object, ANNOTATIONS.wave)?.trim();
  if (text === undefined) return ok(undefined);
  const wave = /^[+-]?\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (Math.abs(wave) <= MAX_WAVE) return ok(wave === 0 ? 0 : wave);
  return err(`${ANNOTATIONS.wave} must be a whole number between -${MAX_WAVE} and ${MAX_WAVE}, not "${printableLine(text, 40)}"`);
}

/** What an object says that it needs: `apps/Deployment/shop/db, Service/shop/db, Namespace/shop`. */
export function readDependsOn(object: Value): Result<readonly ObjectIdentity[], string> {
  const text = annotationOf(object, ANNOTATIONS.dependsOn);
  const references = (text ?? '').split(/[\s,]+/).filter((part) => part !== '');
  if (references.length > MAX_REFERENCES) return err(`${ANNOTATIONS.dependsOn} names more than ${MAX_REFERENCES} objects`);
  const read = references.map((reference) => readReference(reference));
  const wrong = references.find((_, index) => read[index] === undefined);
  if (wrong === undefined) return ok(read.filter((identity) => identity !== undefined));
  return err(`${ANNOTATIONS.dependsOn} has "${printableLine(wrong, 100)}": write group/Kind/namespace/name, without the namespace for what has none, without the group for the core group: apps/Deployment/shop/db, Service/shop/db, Namespace/shop`);
}

/** Kinds begin with a capital, groups never do: that tells what was left out. */
function readReference(text: string): ObjectIdentity | undefined {
  const parts = text.replace(/^\//, '').split('/');
  const [group, rest] = isKind(parts[0]) ? ['', parts] : [parts[0] ?? '', parts.slice(1)];
  const [kind, namespace, name] = rest.length === 2 ? [rest[0], '', rest[1]] : rest;
  if (rest.length > 3 || !isKind(kind) || name === undefined || (rest.length === 3 && namespace === '')) return undefined;
  return identityOfKey(`${group}/${kind}/${namespace ?? ''}/${name}`);
}

function isKind(text: string | undefined): text is string {
  return text !== undefined && /^[A-Z][A-Za-z0-9]*$/.test(text);
}
