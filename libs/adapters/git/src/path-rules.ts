import { type Coverage, type Selection, compileSelection } from '@sluice/pipeline';
import type { PathSelection } from '@sluice/usecases';
import { Lru } from './lru.js';

/** A selection with a memory: the same paths are asked about at every commit. */
export interface PathRules {
  /** Equal for equal selections. */
  readonly id: string;
  readonly include: readonly string[];
  readonly matches: (path: string) => boolean;
  readonly coverage: (folder: string) => Coverage;
}

/** Paths remembered for one selection. */
const REMEMBERED = 20_000;

export class PathRulesCache {
  private readonly rules = new Lru<string, PathRules>(1_000);

  /** @throws InvalidInput when a glob is malformed. */
  of(selection: PathSelection): PathRules {
    const id = JSON.stringify([selection.include, selection.exclude]);
    const known = this.rules.get(id);
    if (known) return known;
    const compiled = compileSelection(selection);
    const rules = remembering(id, selection.include, compiled);
    this.rules.set(id, rules);
    return rules;
  }
}

function remembering(id: string, include: readonly string[], selection: Selection): PathRules {
  return {
    id,
    include,
    matches: memoised((path) => selection.matches(path)),
    coverage: memoised((folder) => selection.coverage(folder)),
  };
}

function memoised<T>(answer: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    if (known.size >= REMEMBERED) known.clear();
    const value = answer(path);
    known.set(path, value);
    return value;
  };
}
