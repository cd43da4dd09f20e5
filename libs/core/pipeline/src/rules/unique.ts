import type { Finding } from '../finding.js';
import type { DocumentPath } from '../source/location.js';

export interface Entry {
  readonly text: string | null | undefined;
  readonly path: DocumentPath;
}

/** One finding for each entry that repeats an earlier one. */
export function findRepeated(what: string, entries: readonly Entry[]): readonly Finding[] {
  const seen = new Set<string>();
  return entries.flatMap(({ text, path }) => {
    if (typeof text !== 'string') return [];
    if (seen.has(text)) return [{ path, message: `${what} "${text}" is used twice` }];
    seen.add(text);
    return [];
  });
}
