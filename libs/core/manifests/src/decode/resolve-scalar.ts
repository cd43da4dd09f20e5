import type { Value } from '../model.js';

type Scalar = null | boolean | number | bigint | string;

const TRUE = ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'];
const FALSE = ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'];
const NULL = ['', '~', 'null', 'Null', 'NULL'];
const WORDS: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ...TRUE.map((word) => [word, true] as const),
  ...FALSE.map((word) => [word, false] as const),
  ...NULL.map((word) => [word, null] as const),
]);

const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const STRAY_UNDERSCORE = /(?<!\d)_|_(?!\d)/;
const INFINITE = /^[-+]?\.(inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(nan|NaN|NAN)$/;
const MIN_INT64 = -(1n << 63n);
const END_INT64 = 1n << 63n;
const END_UINT64 = 1n << 64n;

/**
 * The value of a plain (unquoted) scalar as kubectl reads it: `yes` is true, `012` is ten, `1e3` a thousand, `2001-01-01` and `1:30` are text.
 * Source: `resolve` in sigs.k8s.io/yaml/goyaml.v2/resolve.go.
 */
export function resolvePlain(source: string): Scalar {
  const word = WORDS.get(source);
  if (word !== undefined) return word;
  return /^[-+.0-9]/.test(source) ? (resolveNumber(source) ?? source) : source;
}

/** Whether kubectl reads an integer: `08`, `1e3` and what has more than 64 bits are floats. */
export function isInteger(source: string): boolean {
  return resolveInteger(source) !== undefined;
}

export function isInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value < END_INT64;
}

function resolveNumber(source: string): number | bigint | undefined {
  if (INFINITE.test(source)) return source.startsWith('-') ? -Infinity : Infinity;
  if (NOT_A_NUMBER.test(source)) return Number.NaN;
  return resolveInteger(source) ?? resolveFloat(source);
}

// strconv.ParseInt and ParseUint with base 0, after every underscore is removed; a text that starts with a dot is never an integer
function resolveInteger(source: string): number | bigint | undefined {
  const [, sign, digits] = INTEGER.exec(source.replaceAll('_', '')) ?? [];
  if (digits === undefined || source.startsWith('.')) return undefined;
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = sign === '-' ? -magnitude : magnitude;
  return value >= MIN_INT64 && value < (sign === '+' ? END_INT64 : END_UINT64) ? shortest(value) : undefined;
}

function shortest(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

// after a leading dot strconv.ParseFloat sees the underscores itself, and takes them between digits only
function resolveFloat(source: string): number | undefined {
  if (source.startsWith('.') && STRAY_UNDERSCORE.test(source)) return undefined;
  const text = source.replaceAll('_', '');
  const value = FLOAT.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/**
 * The text of a map key as kubectl writes it into JSON; `undefined` where kubectl refuses it or where its text (`1e+07` for `1e7`) would surprise.
 * Source: `convertToJSONableObject` in sigs.k8s.io/yaml.
 */
export function keyText(key: Value): string | undefined {
  switch (typeof key) {
    case 'string':
      return key;
    case 'boolean':
      return String(key);
    case 'bigint':
      return key < END_INT64 ? String(key) : undefined;
    case 'number':
      return numericKey(key);
    default:
      return undefined;
  }
}

// floats are formatted with 32 bits there, so only those of a few digits have one certain text
function numericKey(key: number): string | undefined {
  if (Number.isInteger(key)) return Number.isSafeInteger(key) ? String(key) : undefined;
  const text = String(key);
  return Math.abs(key) >= 1e-4 && text.replace(/\D/g, '').length <= 6 ? text : undefined;
}
