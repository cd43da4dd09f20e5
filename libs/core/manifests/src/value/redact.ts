import { printableLine } from '@sluice/kernel';
import type { Value, ValueMap } from '../model.js';
import type { Path } from './path.js';
import { kindOf } from './identity.js';
import { isList, isMap } from './values-equal.js';

/** Stands where a value of a Secret would be. */
export const MASKED = '(masked)';

const SECRET_FIELDS: readonly string[] = ['data', 'stringData'];
// holds a copy of the whole object
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MAX_LENGTH = 200;

/** A value as a short, printable text; what a Secret keeps is masked, wherever in the object `path` points. */
export function printValue(kind: string | undefined, path: Path, value: Value): string {
  return printableLine(literal(redact(kind, path, value)), MAX_LENGTH);
}

/**
 * The value at `path` of an object of this kind, with a Secret's data replaced by {@link MASKED}, and what a kustomization makes Secrets of; also of Secrets that stand in it, as objects or as text. All else
 * comes back as it is.
 */
export function redact(kind: string | undefined, path: Path, value: Value): Value {
  if (kind === 'Secret') return redactAt(path, value);
  const item = kind === 'List' ? secretItem(path) : undefined;
  if (item) return redactAt(item, value);
  // nothing else has a field of this name
  if (path.includes('stringData')) return maskAll(value);
  return redactWithin(kind === 'SecretList' ? redactTop(path, value, 'items') : redactTop(path, value, 'secretGenerator'));
}

/** Whether a value is a Secret that stands in another object. Other groups have kinds of that name, which keep nothing secret. */
export function isSecret(value: Value | undefined): boolean {
  if (!isMap(value) || kindOf(value) !== 'Secret') return false;
  const version = value.get('apiVersion');
  return !(typeof version === 'string' && version.includes('/'));
}

/** Whether a Secret stands in a value, or is it. */
export function holdsSecret(value: Value | undefined): boolean {
  if (isList(value)) return value.some(holdsSecret);
  return isMap(value) && (isSecret(value) || [...value.values()].some(holdsSecret));
}

/** The path within an item of a List that is a Secret, by the item's label; undefined for another place. */
function secretItem([items, item, ...rest]: Path): Path | undefined {
  return items === 'items' && typeof item === 'object' && /^Secret /.test(item.item) ? rest : undefined;
}

const SECRET_TEXT = /^[\s"'{-]*kind["']?\s*:\s*["']?Secret\b/m;
const DATA_TEXT = /["']?\b(data|stringData)["']?\s*:/;

function redactWithin(value: Value): Value {
  if (typeof value === 'string') return value.includes('Secret') && SECRET_TEXT.test(value) && DATA_TEXT.test(value) ? MASKED : value;
  if (isList(value)) return value.map(redactWithin);
  if (!isMap(value)) return value;
  return isSecret(value) ? redactAt([], value) : mapValues(value, (item, key) => (key === 'stringData' ? maskAll(item) : redactWithin(item)));
}

function redactTop(path: Path, value: Value, key: string): Value {
  if (path[0] === key) return MASKED;
  return path.length === 0 && isMap(value) && value.has(key) ? mapValues(value, (item, at) => (at === key ? MASKED : item)) : value;
}

function redactAt(path: Path, value: Value): Value {
  if (isSecretPath(path)) return maskAll(value);
  if (path.length > 2 || !isMap(value)) return value;
  return mapValues(value, (item, key) => redactAt([...path, key], item));
}

function isSecretPath(path: Path): boolean {
  const [first, second, third] = path;
  if (typeof first === 'string' && SECRET_FIELDS.includes(first)) return true;
  return first === 'metadata' && second === 'annotations' && third === LAST_APPLIED;
}

function maskAll(value: Value): Value {
  return isMap(value) ? mapValues(value, () => MASKED) : MASKED;
}

function mapValues(map: ValueMap, change: (value: Value, key: string) => Value): ValueMap {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]));
}

// JSON, cut short early: a value may be megabytes
function literal(value: Value): string {
  if (isList(value)) return `[${joined(value.map((item) => () => literal(item)))}]`;
  if (isMap(value)) return `{${joined([...value].map(([key, item]) => () => `${JSON.stringify(key)}: ${literal(item)}`))}}`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_LENGTH + 1));
  return String(value);
}

function joined(parts: readonly (() => string)[]): string {
  let text = '';
  for (const [index, part] of parts.entries()) {
    if (text.length > MAX_LENGTH) break;
    text += `${index === 0 ? '' : ', '}${part()}`;
  }
  return text;
}
