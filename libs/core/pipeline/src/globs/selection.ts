import { accepts, advance, continues, coversAll, startStates, type GlobStates } from './glob-states.js';
import { parseGlob, type Glob } from './glob-syntax.js';

/** How much of what lies below a folder is selected. `some` is also the answer when it cannot be told cheaply. */
export type Coverage = 'all' | 'none' | 'some';

/** A set of files of a tree. */
export interface Selection {
  /** Whether a file (path from the repository's root, `/`-separated) is selected. */
  matches(path: string): boolean;
  /** What holds for every file below a folder (`''`: the root). `all` and `none` are certain. */
  coverage(folder: string): Coverage;
}

/**
 * The files that match at least one of `include` and none of `exclude`. Matching takes time linear in the path's length, whatever the globs.
 * @throws InvalidInput when a glob is malformed (see {@link checkGlob}).
 */
export function compileSelection(globs: { readonly include: readonly string[]; readonly exclude: readonly string[] }): Selection {
  const include = globs.include.map(parseGlob);
  const exclude = globs.exclude.map(parseGlob);
  return {
    matches: (path) => matchesOne(include, path) && !matchesOne(exclude, path),
    coverage: (folder) => coverageOf(include, exclude, folder === '' ? [] : folder.split('/')),
  };
}

function matchesOne(globs: readonly Glob[], path: string): boolean {
  const segments = path.split('/');
  return globs.some((glob) => accepts(glob, statesAfter(glob, segments)));
}

function coverageOf(include: readonly Glob[], exclude: readonly Glob[], folder: readonly string[]): Coverage {
  const reaches = (glob: Glob) => continues(glob, statesAfter(glob, folder));
  const covers = (glob: Glob) => coversAll(glob, statesAfter(glob, folder));
  if (!include.some(reaches) || exclude.some(covers)) return 'none';
  return include.some(covers) && !exclude.some(reaches) ? 'all' : 'some';
}

function statesAfter(glob: Glob, segments: readonly string[]): GlobStates {
  let states = startStates(glob);
  for (const segment of segments) {
    if (states === 0) break;
    states = advance(glob, states, segment);
  }
  return states;
}
