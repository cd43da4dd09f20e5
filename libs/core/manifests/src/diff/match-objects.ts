import { formatIdentity } from '../value/identity.js';
import type { PlacedObject } from './read-objects.js';

export interface ObjectPair {
  readonly before?: PlacedObject;
  readonly after?: PlacedObject;
}

/**
 * Finds what became of each object: in the same file by identity (documents without one by their order), then in any file where it is there once, then in the same
 * file under another API group. Pairs are in the order of `after`, and removed ones behind.
 */
export function matchObjects(before: readonly PlacedObject[], after: readonly PlacedObject[]): ObjectPair[] {
  const left = { before: new Set(before), after: new Set(after) };
  const partnerOf = new Map<PlacedObject, PlacedObject>();
  for (const keyOf of [inFile, anywhere, inAnyGroup]) {
    const old = unique(left.before, keyOf);
    for (const [key, object] of unique(left.after, keyOf)) {
      const partner = old.get(key);
      if (partner === undefined) continue;
      partnerOf.set(object, partner);
      left.before.delete(partner);
      left.after.delete(object);
    }
  }
  const pairs: ObjectPair[] = after.map((object) => {
    const partner = partnerOf.get(object);
    return { after: object, ...(partner && { before: partner }) };
  });
  return [...pairs, ...[...left.before].map((object) => ({ before: object }))];
}

type KeyOf = (object: PlacedObject, index: number) => string | undefined;

const inFile: KeyOf = ({ path, object }, index) => JSON.stringify(object ? [path, formatIdentity(object)] : [path, index]);
const anywhere: KeyOf = ({ object }) => object && formatIdentity(object);
const inAnyGroup: KeyOf = ({ path, object }) => object && JSON.stringify([path, object.kind, object.namespace, object.name]);

function unique(objects: ReadonlySet<PlacedObject>, keyOf: KeyOf): ReadonlyMap<string, PlacedObject> {
  const found = new Map<string, PlacedObject | undefined>();
  const anonymous = new Map<string, number>();
  for (const object of objects) {
    const index = anonymous.get(object.path) ?? 0;
    if (object.object === undefined) anonymous.set(object.path, index + 1);
    const key = keyOf(object, index);
    if (key !== undefined) found.set(key, found.has(key) ? undefined : object);
  }
  return new Map([...found].filter((entry): entry is [string, PlacedObject] => entry[1] !== undefined));
}
