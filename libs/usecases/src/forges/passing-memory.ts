import type { ForgeMemory } from '../ports/index.js';

/** A memory that nobody keeps. */
export function passingMemory(): ForgeMemory {
  const kept = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(kept.get(key)),
    put: (key, value) => Promise.resolve(void kept.set(key, value)),
    forget: (prefix) => Promise.resolve([...kept.keys()].filter((key) => key.startsWith(prefix)).forEach((key) => kept.delete(key))),
  };
}
