import fc from 'fast-check';
import type { OwnedField, Value, ValueMap } from '../model.js';
import { decodeDocuments } from '../decode/decode-documents.js';
import { ANY_ITEM } from './compose.fixture.js';

/** Objects of a file by name, each with its fields. */
export type Objects = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** How several things, each with fields, are written into one file. */
export interface Form {
  readonly path: string;
  readonly write: (objects: Objects) => string | undefined;
  readonly read: (text: string) => Objects;
  /** What the environment keeps: the field `own` of each. */
  readonly owned: readonly OwnedField[];
}

const NAMES = ['web', 'cart', 'mail', 'log'];

const documents: Form = {
  path: 'app.yaml',
  write: (objects) => (objects.size === 0 ? undefined : [...objects].map(([name, fields]) => objectText(name, fields)).join('---\n')),
  read: (text) => new Map((decodeDocuments(text) as ValueMap[]).map((document) => [nameOf(document.get('metadata')), fieldsOf(document.get('data'))])),
  owned: [{ kind: 'ConfigMap', path: ['data', 'own'] }],
};

const list: Form = {
  path: 'list.yaml',
  write: (objects) => `apiVersion: v1\nkind: List\nitems:${objects.size === 0 ? ' []\n' : `\n${[...objects].map(([name, fields]) => objectText(name, fields).replace(/^/gm, '  ').replace('  ', '- ').replace(/ +$/, '')).join('')}`}`,
  read: (text) => new Map((itemsOf(text, 'items') as ValueMap[]).map((item) => [nameOf(item.get('metadata')), fieldsOf(item.get('data'))])),
  owned: documents.owned,
};

const json: Form = {
  ...list,
  path: 'list.json',
  write: (objects) => `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...objects].map(([name, fields]) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: Object.fromEntries(fields) })) }, null, 2)}\n`,
};

const kustomization: Form = {
  path: 'overlay/kustomization.yaml',
  write: (objects) => `images:${objects.size === 0 ? ' []\n' : `\n${[...objects].map(([name, fields]) => `- name: ${name}\n${fieldLines(fields, '  ')}`).join('')}`}resources:\n- ../base\n`,
  read: (text) => new Map((itemsOf(text, 'images') as ValueMap[]).map((item) => [nameOf(item), new Map([...fieldsOf(item)].filter(([key]) => key !== 'name'))])),
  owned: [{ path: ['images', ANY_ITEM, 'own'] }],
};

const values: Form = {
  path: 'chart/values.yaml',
  write: (objects) => (objects.size === 0 ? '{}\n' : [...objects].map(([name, fields]) => `${name}:\n  set: true\n${fieldLines(fields, '  ')}`).join('')),
  read: (text) => new Map([...(decodeDocuments(text)[0] as ValueMap)].map(([name, fields]) => [name, new Map([...fieldsOf(fields)].filter(([key]) => key !== 'set'))])),
  owned: NAMES.map((name) => ({ path: [name, 'own'] })),
};

export const FORMS: Readonly<Record<string, Form>> = { 'several documents': documents, 'the items of a List': list, 'the items of a JSON List': json, 'the images of a kustomization': kustomization, 'the values of a chart': values };

function objectText(name: string, fields: ReadonlyMap<string, string>): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:${fields.size === 0 ? ' {}\n' : `\n${fieldLines(fields, '  ')}`}`;
}

function fieldLines(fields: ReadonlyMap<string, string>, indent: string): string {
  return [...fields].map(([key, value]) => `${indent}${key}: ${value}\n`).join('');
}

function itemsOf(text: string, key: string): readonly Value[] {
  return (decodeDocuments(text)[0] as ValueMap).get(key) as readonly Value[];
}

function nameOf(map: Value | undefined): string {
  return String((map as ValueMap).get('name'));
}

function fieldsOf(map: Value | undefined): Map<string, string> {
  return new Map([...(map as ValueMap)].map(([key, value]) => [key, String(value)]));
}

const fields = fc.uniqueArray(fc.tuple(fc.constantFrom('level', 'port', 'mode', 'own'), fc.constantFrom('a', 'b', 'c')), { maxLength: 4, selector: ([key]) => key }).map((pairs) => new Map(pairs));
export const objects: fc.Arbitrary<Objects> = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fields), { maxLength: 4, selector: ([name]) => name }).map((pairs) => new Map(pairs));

/** One thing that somebody does to one object. */
export const edit = fc.record({ name: fc.constantFrom(...NAMES), key: fc.constantFrom('level', 'port', 'mode', 'own'), value: fc.option(fc.constantFrom('x', 'z'), { nil: undefined }), whole: fc.option(fields, { nil: undefined, freq: 1 }) });
export type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

export function edited(all: Objects, { name, key, value, whole }: Edit): Objects {
  const result = new Map(all);
  const object = all.get(name);
  if (object === undefined) return whole === undefined ? result : result.set(name, whole);
  if (value === undefined && whole !== undefined) return result.delete(name), result;
  const inner = new Map(object);
  if (value === undefined) inner.delete(key);
  else inner.set(key, value);
  return result.set(name, inner);
}

/** Comments, line breaks and an end of the environment's own. */
export const own = fc.record({ comments: fc.boolean(), crlf: fc.boolean(), noEnd: fc.boolean() });

export function inOwnForm(text: string, path: string, { comments, crlf, noEnd }: { comments: boolean; crlf: boolean; noEnd: boolean }): string {
  const commented = comments && !path.endsWith('.json') ? text.replace(/^( *)(?=(?:- )?[a-z]+:)/gm, '$1# ours\n$1').replace(/^( *\w+: \w+)$/gm, '$1 # behind') : text;
  const broken = crlf ? commented.replaceAll('\n', '\r\n') : commented;
  return noEnd ? broken.replace(/\r?\n$/, '') : broken;
}
