import type { ForgeMemory } from '@sluice/usecases';

/** What of a forge is remembered, in a map that a test can look into and change. */
export interface FakeForgeMemory extends ForgeMemory {
  readonly entries: Map<string, string>;
}

export function fakeForgeMemory(): FakeForgeMemory {
  const entries = new Map<string, string>();
  return {
    entries,
    get: (key) => Promise.resolve(entries.get(key)),
    put: async (key, value) => void entries.set(key, value),
    forget: async (prefix) => [...entries.keys()].filter((key) => key.startsWith(prefix)).forEach((key) => entries.delete(key)),
  };
}
