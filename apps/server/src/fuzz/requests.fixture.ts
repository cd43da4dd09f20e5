import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { HOSTILE, HOSTILE_TEXTS, spoilt, valid, type Known, type Schema } from './values.fixture.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** An operation of the server's OpenAPI document, with where it is. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
  readonly components: { readonly schemas: { readonly Problem: Schema } };
}

export function operationsOf({ paths }: OpenApiDocument): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })));
}

/** A request as it goes over the wire, before anybody signs it. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Whether everything in it is as the description has it. */
  readonly right: boolean;
}

type Part<Value> = { readonly value: Value; readonly right: boolean };

/** Requests to an operation: right ones, nearly right ones and hostile ones. */
export function requestTo(operation: Operation, known: Known): fc.Arbitrary<RawRequest> {
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  return fc.record({ path: pathTo(operation, known), query: queryOf(operation, known), sent: schema ? bodyOf(schema, known) : NO_BODY, method: methodOf(operation), headers: HEADERS }).map(({ path, query, sent, method, headers }) => ({
    method: method.value,
    target: `${path.value}${query.value}`,
    headers: { ...headers.value, ...sent.value.headers },
    ...(sent.value.body && { body: sent.value.body }),
    right: [path, query, sent, method, headers].every(({ right }) => right),
  }));
}

/** `right` most of the time: a request that is wrong everywhere is refused at the first place. */
function mostly<Value>(right: fc.Arbitrary<Value>, wrong: fc.Arbitrary<Value>, weight = 4): fc.Arbitrary<Part<Value>> {
  return fc.oneof({ arbitrary: right.map((value) => ({ value, right: true })), weight }, { arbitrary: wrong.map((value) => ({ value, right: false })), weight: 1 });
}

const OTHER_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];

function methodOf({ method }: Operation): fc.Arbitrary<Part<string>> {
  return mostly(fc.constant(method), fc.constantFrom(...OTHER_METHODS.filter((other) => other !== method)), 14);
}

/** In percent-encoding. Half of a surrogate pair has none, and becomes U+FFFD. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

const RAW_SEGMENTS = ['', '.', '..', '%', '%zz', '%00', '%2e%2e', '%2e%2e%2f%2e%2e%2fetc', '%2e%2e%2fsecret.txt', '..%2f..%2fsecret.txt', '%5c..%5csecret.txt', '%2f', '%5c', '%c0%af', '%ed%a0%80', '%ff', '%0d%0ax-injected:%20yes', 'a;b', 'a,b', 'a+b', 'a'.repeat(2_000), '*', ':x', '@', '~'];

function pathTo({ path, parameters }: Operation, known: Known): fc.Arbitrary<Part<string>> {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const hostile = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS).map((text) => encoded(text).slice(0, 4_000)), fc.constantFrom(...RAW_SEGMENTS));
  const segment = ({ name, schema }: Parameter): fc.Arbitrary<Part<string>> => mostly(valid(schema, known, name).map((value) => encoded(String(value))), hostile, 7);
  return fc.tuple(...inPath.map(segment)).map((segments) => ({
    value: inPath.reduce((target, { name }, index) => target.replace(`{${name}}`, () => segments[index]?.value ?? ''), path),
    right: segments.every(({ right }) => right),
  }));
}

function queryOf({ parameters }: Operation, known: Known): fc.Arbitrary<Part<string>> {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const pair = ({ name, schema, required }: Parameter): fc.Arbitrary<readonly string[]> => {
    const right = valid(schema, known, name).map((value) => [`${name}=${encoded(String(value))}`]);
    return required ? right : fc.oneof(right, fc.constant([]));
  };
  const right = fc.tuple(...inQuery.map(pair)).map((pairs) => pairs.flat());
  const names = [...inQuery.map(({ name }) => name), 'surprise', '__proto__', 'constructor'];
  const odd = fc.tuple(fc.constantFrom(...names), fc.constantFrom('', '[]', '[__proto__]', '.a'), fc.oneof(fc.constantFrom(...HOSTILE_TEXTS).map((text) => encoded(text).slice(0, 4_000)), fc.constantFrom(...RAW_SEGMENTS)), fc.integer({ min: 1, max: 3 })).map(([name, suffix, value, times]) => Array.from({ length: times }, () => `${name}${suffix}=${value}`));
  const wrong = fc.tuple(right, odd).map(([pairs, more]) => [...pairs, ...more]);
  return mostly(right, wrong, inQuery.length > 0 ? 1 : 9).map(({ value, right: isRight }) => ({ value: value.length > 0 ? `?${value.join('&')}` : '', right: isRight }));
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const asJson = (value: unknown): Sent => ({ headers: JSON_TYPE, body: Buffer.from(JSON.stringify(value) ?? '') });

/** Bodies that are wrong before anybody looks at what they say; `text` is that of a right one. */
function brokenBody(text: string): fc.Arbitrary<Sent> {
  const open = text.startsWith('{') ? text : '{}';
  const rest = open.slice(1) === '}' ? '}' : `,${open.slice(1)}`;
  const [firstKey = 'x'] = /"([^"]*)"/.exec(open)?.slice(1) ?? [];
  const texts = ['', '{', text.slice(0, -1), `${text},`, `${text}${text}`, `\ufeff${text}`, 'null', 'true', '0', '"x"', '[]', 'NaN', '{"a":1e999}', `{"__proto__":{"admin":true}${rest}`, `{"constructor":{"prototype":{"admin":true}}${rest}`, `{"${firstKey}":"twice"${rest}`, '['.repeat(5_000), `${'['.repeat(5_000)}${']'.repeat(5_000)}`, `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, `{"a":${'9'.repeat(400)}}`];
  const json = texts.map((one): Sent => ({ headers: JSON_TYPE, body: Buffer.from(one) }));
  const others: Sent[] = [
    { headers: {} },
    { headers: JSON_TYPE },
    { headers: {}, body: Buffer.from(text) },
    { headers: { 'content-type': 'application/json; charset=utf-16' }, body: Buffer.from(text, 'utf16le') },
    { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: gzipSync(text) },
    { headers: { ...JSON_TYPE, 'content-encoding': 'x' }, body: Buffer.from(text) },
    { headers: JSON_TYPE, body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
    { headers: JSON_TYPE, body: Buffer.from(text.replace(/"([^"]+)"(?=[,}])/, '"\\ud800"')) },
    { headers: JSON_TYPE, body: Buffer.concat([Buffer.from('{"surprise":"'), Buffer.alloc(200_000, 'x'), Buffer.from(`"${rest}`)]) },
    ...['text/plain', 'text/html', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/octet-stream', 'application/json, text/plain', 'application', '/', 'application/merge-patch+json'].map((type) => ({ headers: { 'content-type': type }, body: Buffer.from(text) })),
  ];
  return fc.constantFrom(...json, ...others);
}

function bodyOf(schema: Schema, known: Known): fc.Arbitrary<Part<Sent>> {
  return valid(schema, known).chain((value) => mostly(fc.constant(asJson(value)), fc.oneof({ arbitrary: spoilt(value).map(asJson), weight: 3 }, { arbitrary: brokenBody(JSON.stringify(value)), weight: 2 }, { arbitrary: HOSTILE.map(asJson), weight: 1 }), 2));
}

const NO_BODY: fc.Arbitrary<Part<Sent>> = mostly(fc.constant<Sent>({ headers: {} }), fc.oneof(brokenBody('{}'), HOSTILE.map(asJson)), 5);

const HEADERS: fc.Arbitrary<Part<Readonly<Record<string, string>>>> = mostly(
  fc.constant({}),
  fc.constantFrom<Readonly<Record<string, string>>>(
    { host: 'elsewhere.example' },
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
    { accept: 'text/html' },
    { accept: 'application/xml' },
    { accept: '\u00ff' },
    { 'accept-encoding': 'gzip, br' },
    { cookie: 'sluice=; sluice=x; __proto__=x; a' },
    { cookie: `sluice=${'x'.repeat(5_000)}` },
    { 'last-event-id': "1'; drop table sluice.events; --" },
    { 'last-event-id': '99999999999999999999' },
    { 'sluice-on-behalf-of': 'ada' },
    { 'sluice-on-behalf-of': '../ada' },
    { 'x-http-method-override': 'DELETE' },
    { 'x-original-url': '/api/v1/people' },
    { 'x-forwarded-host': 'elsewhere.example' },
    { 'if-none-match': '*' },
    { range: 'bytes=0-1' },
    { expect: '100-continue' },
    { 'x-long': 'x'.repeat(12_000) },
  ),
  12,
);
