import { isObject, type Json, type JsonObject } from '../api/json.js';
import { fieldSchema, type Schema, type ScalarType } from './schema.js';

export interface Decoded {
  readonly value: Json;
  /** Fields that the schema has not: `unknown field "spec.foo"`. They are not in `value`. */
  readonly unknown: readonly string[];
  /** A place whose value has the wrong type; the object cannot be read. */
  readonly mismatch?: string;
}

/**
 * Reads a value as the server does: fields that the type has not are dropped and told, a wrong type is refused.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
 */
export function decodeTyped(schema: Schema, value: Json): Decoded {
  const unknown: string[] = [];
  const wrong: string[] = [];
  const read = readValue(schema, value, '', { unknown, wrong });
  return { value: read, unknown, ...(wrong[0] === undefined ? {} : { mismatch: wrong[0] }) };
}

interface Findings {
  readonly unknown: string[];
  readonly wrong: string[];
}

function readValue(schema: Schema, value: Json, where: string, findings: Findings): Json {
  if (value === null) return null;
  if (schema.type === 'list') return readList(schema, value, where, findings);
  if (schema.type === 'scalar') {
    if (!fits(schema.of, value)) findings.wrong.push(`json: cannot unmarshal ${jsonType(value)} into Go struct field ${where} of type ${goType(schema.of)}`);
    return value;
  }
  if (isObject(value)) return readMap(schema, value, where, findings);
  findings.wrong.push(`json: cannot unmarshal ${jsonType(value)} into Go struct field ${where} of type ${schema.type}`);
  return value;
}

function readList(schema: Schema & { type: 'list' }, value: Json, where: string, findings: Findings): Json {
  if (Array.isArray(value)) return value.map((item, index) => readValue(schema.items, item, `${where}[${index}]`, findings));
  findings.wrong.push(`json: cannot unmarshal ${jsonType(value)} into Go struct field ${where} of type []`);
  return value;
}

function readMap(schema: Schema, value: JsonObject, where: string, findings: Findings): Json {
  const read: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    const place = where === '' ? name : `${where}.${name}`;
    const field = fieldSchema(schema, name);
    if (field === undefined) findings.unknown.push(`unknown field "${place}"`);
    else if (item !== undefined && item !== null) read[name] = readValue(field, item, place, findings);
  }
  return read;
}

/** Whether a value may stand where the schema wants a scalar of this type. */
export function fits(type: ScalarType, value: Json): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'int-or-string':
      return Number.isInteger(value) || typeof value === 'string';
    case 'quantity':
      return typeof value === 'number' || typeof value === 'string';
  }
}

export function jsonType(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}

function goType(type: ScalarType): string {
  if (type === 'integer') return 'int32';
  if (type === 'boolean') return 'bool';
  return type;
}
