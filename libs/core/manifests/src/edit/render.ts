import { FAILSAFE_SCHEMA, NOT_RESOLVED, defineMappingTag, defineScalarTag, dump } from 'js-yaml';
import type { Value } from '../model.js';
import { decodeDocuments } from '../decode/decode-documents.js';
import { resolvePlain } from '../decode/resolve-scalar.js';
import { isList, isMap, valuesEqual } from '../value/values-equal.js';

type Kind = 'null' | 'bool' | 'int' | 'float';

const KINDS: readonly (readonly [Kind, (value: unknown) => boolean])[] = [
  ['null', (value) => value === null],
  ['bool', (value) => typeof value === 'boolean'],
  ['int', isInteger],
  ['float', (value) => typeof value === 'number' && !isInteger(value)],
];

// the dumper asks the schema what a plain text would be read as, and quotes accordingly
const SCHEMA = FAILSAFE_SCHEMA.withTags(
  KINDS.map(([kind, identify]) =>
    defineScalarTag<Value>(`tag:yaml.org,2002:${kind}`, {
      implicit: true,
      identify,
      resolve: (source) => {
        const value = resolvePlain(source);
        return identify(value) ? value : NOT_RESOLVED;
      },
    }),
  ),
  defineMappingTag<Map<unknown, unknown>>('tag:yaml.org,2002:map', {
    create: () => new Map(),
    addPair: () => 'load is not used',
    has: (map, key) => map.has(key),
    keys: (map) => map.keys(),
    get: (map, key) => map.get(key),
    identify: (value) => value instanceof Map,
  }),
);

function isInteger(value: unknown): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** A value as block YAML that kubectl reads as the same value, without a final line break. */
export function renderBlock(value: Value): string {
  return dump(value, { schema: SCHEMA, noRefs: true, lineWidth: -1, quoteStyle: 'double', seqNoIndent: true }).replace(/\n$/, '');
}

/** A value in one line, as JSON. */
export function renderFlow(value: Value): string {
  if (isList(value)) return `[${value.map(renderFlow).join(', ')}]`;
  if (isMap(value)) return `{${[...value].map(([key, item]) => `${doubleQuoted(key)}: ${renderFlow(item)}`).join(', ')}}`;
  return typeof value === 'string' ? doubleQuoted(value) : String(value);
}

// JSON leaves these as they are, YAML does not print them
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

export function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The text in single quotes, where it can be. */
export function singleQuoted(text: string): string | undefined {
  return /^[\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : undefined;
}

/** True when this text, written as a value there, is read as the value. */
export function readsAs(text: string, value: Value, flow: boolean): boolean {
  if (text === '' || text.includes('\n')) return false;
  try {
    const [document] = decodeDocuments(flow ? `[${text}]` : `- ${text}`);
    return valuesEqual(document, [value]);
  } catch {
    return false;
  }
}
