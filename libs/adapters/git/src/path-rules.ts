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
  /** The only names in a folder that can be selected or lead to something selected; undefined: it can be any. */
  readonly names: (folder: string) => ReadonlySet<string> | undefined;
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
  const names = memoised((folder) => literalNames(include, folder));
  return {
    id,
    include,
    matches: memoised((path) => selection.matches(path)),
    coverage: memoised((folder) => selection.coverage(folder)),
    names: (folder) => names(folder) ?? undefined,
  };
}

/** With 100 applications below `apps/`, each selection looks at one of the 100 names. */
function literalNames(include: readonly string[], folder: string): ReadonlySet<string> | null {
  const above = folder === '' ? [] : folder.split('/');
  const names = new Set<string>();
  for (const glob of include) {
    const segments = glob.split('/');
    const literal = segments.findIndex((segment) => /[*?]/.test(segment));
    const certain = literal < 0 ? segments : segments.slice(0, literal);
    if (certain.some((segment, depth) => depth < above.length && segment !== above[depth])) continue;
    const next = certain[above.length];
    if (next !== undefined) names.add(next);
    else if (literal >= 0) return null;
  }
  return names;
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
