/** A parsed object as Kubernetes gives it, of which nothing is checked yet. */
export type KubeObject = Readonly<Record<string, unknown>>;

/** A field that has another type than its place in the Kubernetes API asks for. Caught by `healthOf`, never seen outside. */
export class MalformedObject extends Error {}

/** The map at a path such as `status.updateStrategy`; empty when there is none. Like in the API, `null` is the same as no field. */
export function mapAt(object: KubeObject, path: string): KubeObject {
  let at = object;
  let here = '';
  for (const name of path.split('.')) {
    here = here === '' ? name : `${here}.${name}`;
    at = asMap(fieldOf(at, name) ?? {}, here);
  }
  return at;
}

/** The text at a path; undefined when there is none. `above` is where the object itself stands, for the error. */
export function textAt(object: KubeObject, path: string, above = ''): string | undefined {
  const value = valueAt(object, path);
  if (value === undefined || typeof value === 'string') return value;
  throw malformed(above + path, value, 'a text');
}

/** The whole number at a path; undefined when there is none. */
export function countAt(object: KubeObject, path: string): number | undefined {
  const value = valueAt(object, path);
  if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  throw malformed(path, value, 'a whole number');
}

/** The maps in the list at a path; none when there is no list. */
export function mapsAt(object: KubeObject, path: string): readonly KubeObject[] {
  const value = valueAt(object, path);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw malformed(path, value, 'a list');
  return value.map((item: unknown, index) => asMap(item, `${path}[${index}]`));
}

export function asMap(value: unknown, path: string): KubeObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as KubeObject;
  throw malformed(path, value, 'a map');
}

function valueAt(object: KubeObject, path: string): unknown {
  const cut = path.lastIndexOf('.');
  return cut < 0 ? fieldOf(object, path) : fieldOf(mapAt(object, path.slice(0, cut)), path.slice(cut + 1));
}

function fieldOf(map: KubeObject, name: string): unknown {
  return Object.hasOwn(map, name) ? (map[name] ?? undefined) : undefined;
}

function malformed(path: string, value: unknown, wanted: string): MalformedObject {
  return new MalformedObject(`${path} is ${describeType(value)}, not ${wanted}`);
}

function describeType(value: unknown): string {
  if (value == null) return value === null ? 'null' : 'nothing';
  if (Array.isArray(value)) return 'a list';
  const names: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', boolean: 'a truth value', object: 'a map' };
  return names[typeof value] ?? `a ${typeof value}`;
}
