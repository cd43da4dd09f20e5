/** What a text may cost. Everything that walks decoded values relies on `maxNodes`: aliases are shared objects, which a walker visits each time. */
export interface DecodeLimits {
  /** UTF-16 code units of the whole text. */
  readonly maxLength: number;
  readonly maxDepth: number;
  /** Nodes of one document after every alias and merge key is expanded. */
  readonly maxNodes: number;
}

/** Above what an object in etcd may have (1.5 MiB), a thousandfold below what hurts. */
export const DEFAULT_LIMITS: DecodeLimits = { maxLength: 8 * 1024 * 1024, maxDepth: 100, maxNodes: 200_000 };
