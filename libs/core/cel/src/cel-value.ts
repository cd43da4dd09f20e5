/** A parsed manifest or JSON as CEL sees it. CEL tells whole numbers from others by their type, YAML and JSON by how they are written: 3 is an int. */
export function celValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  // `map` would keep the class of a list that another realm made, which the library does not know
  if (Array.isArray(value)) return Array.from(value, (item: unknown) => celValue(item));
  if (value instanceof Map) return new Map([...(value as ReadonlyMap<unknown, unknown>)].map(([key, item]) => [key, celValue(item)]));
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value).map(([key, item]) => [key, celValue(item)])) : value;
}
