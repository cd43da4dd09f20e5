import fc from 'fast-check';

/** As much of JSON Schema as the server's own description uses. */
export interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

/** What is there, by the name that fields have for it: values that mean something get further than random ones. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** What the schema allows, and what is there where a field's name says what it is. */
export function valid(schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> {
  const either = schema.anyOf ?? schema.oneOf;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (either) return fc.oneof(...either.map((one) => valid(one, known, name)));
  return byType(schema, known, name);
}

function byType(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
  const { type, items = {}, minItems = 0 } = schema;
  switch (type) {
    case 'string':
      return text(schema, known[name]);
    case 'integer':
    case 'number':
      return number(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid(items, known, name.replace(/s$/, '')), { minLength: minItems, maxLength: Math.max(minItems, Math.min(schema.maxItems ?? 2, 2)) });
    case 'object':
      return object(schema, known);
    case undefined:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function number({ minimum = 0, maximum = 1_000 }: Schema): fc.Arbitrary<number> {
  const min = Math.max(minimum, -1_000);
  return fc.integer({ min, max: Math.min(maximum, min + 1_000) });
}

function object({ properties = {}, required = [], additionalProperties }: Schema, known: Known): fc.Arbitrary<unknown> {
  if (Object.keys(properties).length > 0) return fc.record(Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, valid(field, known, name)])), { requiredKeys: [...required] });
  return typeof additionalProperties === 'object' ? fc.dictionary(fc.constantFrom('tier', 'region', 'a'), valid(additionalProperties, known), { maxKeys: 2 }) : fc.constant({});
}

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  'date-time': ['2026-12-24T18:00:00Z', '2026-12-24T18:00:00.123+02:00', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
  uri: ['http://127.0.0.1:9', 'http://127.0.0.1:9/x'],
  email: ['grace@example.org'],
};

function text({ format = '', pattern, minLength = 0, maxLength = 30 }: Schema, known: readonly string[] | undefined): fc.Arbitrary<string> {
  if (known) return fc.constantFrom(...known);
  if (format in FORMATS) return fc.constantFrom(...(FORMATS[format] ?? []));
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter((found) => found.length >= minLength);
  const atLeast = Math.min(minLength, 200);
  return fc.oneof(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).map((word) => word.padEnd(atLeast, 'x')), fc.string({ minLength: atLeast, maxLength: Math.max(atLeast, Math.min(maxLength, 30)) }));
}

/** Texts that programs have fallen over before. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...['', ' ', '\n', '.', '..', '../../../etc/passwd', '..\\..\\windows', '/', '//', '-', '--', '-rf', '--upload-pack=touch /tmp/x', '~', '*', '%', '%00', '%2e%2e%2f', '%s%n', '$(id)', '`id`', '${jndi:x}', '{{7*7}}'],
  ...['\u0000', 'a\u0000b', '\ud800', 'a\udc00b', '\ud83d\ude00', '\u202egnp.exe', '\u200b', '\ufeff', '\ufffe', '\u001b[31mred', '\u0085', 'e\u0301', 'ﬀ', 'İ', 'ß'],
  ...["' or '1'='1", "'; drop table sluice.people; --", '") union select * from sluice.credentials --', '\\', '\\u0000', '{}', '[]', 'null', 'undefined', 'NaN', 'Infinity', 'true', '0', '-0', '1e999', '0x10', '١'],
  ...['x\r\nx-injected: yes', 'x\nset-cookie: sluice=stolen', '<script>alert(1)</script>', 'javascript:alert(1)', 'file:///etc/passwd', 'http://127.0.0.1:9/\u0000', 'http://[::1', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'current', 'HEAD', 'refs/heads/main', 'refs/sluice/audit', 'main@{1}', ':/x', 'a'.repeat(300), 'é'.repeat(40_000)],
];

const NUMBERS: readonly unknown[] = [0, -0, -1, 1.5, 1e21, -1e308, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 5e-324];

/** A value that is not what a field is for. */
export const HOSTILE: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>(...HOSTILE_TEXTS), weight: 5 },
  { arbitrary: fc.constantFrom(...NUMBERS), weight: 2 },
  { arbitrary: fc.constantFrom<unknown>(null, true, [], {}, [[]], [null], { a: { b: {} } }, { length: 1e9 }, { toString: 'x' }), weight: 2 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 1 },
);

/** Puts something else at one place of a value, takes it away or puts something beside it. */
export function spoilt(value: unknown): fc.Arbitrary<unknown> {
  const places = placesOf(value);
  return fc.tuple(fc.constantFrom(...places), HOSTILE, fc.constantFrom('replace', 'replace', 'remove', 'add')).map(([place, hostile, how]) => changedAt(value, place, how, hostile));
}

type Place = readonly (string | number)[];

function placesOf(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner).map((rest): Place => [Array.isArray(value) ? Number(key) : key, ...rest]))];
}

function changedAt(value: unknown, [first, ...rest]: Place, how: 'replace' | 'remove' | 'add', hostile: unknown): unknown {
  if (first === undefined) return how === 'add' && isObject(value) ? { ...value, surprise: hostile } : hostile;
  if (Array.isArray(value)) return value.flatMap((inner: unknown, index) => (index !== first ? [inner] : how === 'remove' && rest.length === 0 ? [] : [changedAt(inner, rest, how, hostile)]));
  const entries = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(entries.flatMap(([key, inner]) => (key !== first ? [[key, inner]] : how === 'remove' && rest.length === 0 ? [] : [[key, changedAt(inner, rest, how, hostile)]])));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
