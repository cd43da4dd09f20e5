import type { Json } from '../transport/kube-object.js';

/** Bytes: the record has to fit into one ConfigMap with all else. */
const MOST = 100_000;
const ALL = '*';

/** Keys of objects whose first apply is not known to be complete. One that is applied for the first time takes several steps when somebody else had it; whoever is killed between them goes on with them. */
export type Arriving = ReadonlySet<string>;

export function formatArriving(arriving: Arriving): string {
  const text = JSON.stringify([...arriving]);
  return Buffer.byteLength(text) <= MOST ? text : ALL;
}

/** Too many are all that are owned, and so are those that cannot be read: what has arrived takes no harm from another first apply. */
export function parseArriving(text: Json | undefined, owned: readonly string[]): Arriving {
  if (text === undefined) return new Set();
  try {
    const read: unknown = typeof text === 'string' && text !== ALL ? JSON.parse(text) : undefined;
    if (Array.isArray(read)) return new Set(read.filter((key) => typeof key === 'string'));
  } catch {
    // as below
  }
  return new Set(owned);
}
