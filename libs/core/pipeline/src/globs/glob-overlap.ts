import { commonSegment } from './glob-segment.js';
import { parseGlob, type Glob, type GlobSegment } from './glob-syntax.js';

/**
 * Whether some path is matched by both globs. Exact: the product of both automata is searched.
 * @throws InvalidInput when a glob is malformed.
 */
export function globsOverlap(a: string, b: string): boolean {
  return overlapExample(a, b) !== undefined;
}

/**
 * A path that both globs match, or `undefined` when there is none.
 * @throws InvalidInput when a glob is malformed.
 */
export function overlapExample(a: string, b: string): string | undefined {
  return commonPath(parseGlob(a), parseGlob(b));
}

/** Like {@link overlapExample}, of parsed globs. */
export function commonPath(a: Glob, b: Glob): string | undefined {
  // Positions only grow, so one pass in order reaches every pair; `reached[i][j]` holds the segments that lead there.
  const reached: (readonly string[] | undefined)[][] = [...a, undefined].map(() => []);
  reach(reached, 0, 0, []);
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      const path = reached[i]?.[j];
      if (path !== undefined) expand({ a: a[i], b: b[j] }, (di, dj, segment) => reach(reached, i + di, j + dj, segment === undefined ? path : [...path, segment]));
    }
  }
  const path = reached[a.length]?.[b.length];
  if (path === undefined) return undefined;
  return path.length === 0 ? 'x' : path.join('/'); // both are `**` only
}

type Reach = (di: 0 | 1, dj: 0 | 1, segment?: string) => void;

/** The moves from a pair of positions: a `**` may end here, or both sides take one more segment. */
function expand({ a, b }: { a: GlobSegment | undefined; b: GlobSegment | undefined }, to: Reach): void {
  if (a?.kind === 'rest') to(1, 0);
  if (b?.kind === 'rest') to(0, 1);
  if (a && b) takeSegment(a, b, to);
}

/** `**` takes whatever the other side takes and stays; two of them bring nothing new. */
function takeSegment(a: GlobSegment, b: GlobSegment, to: Reach): void {
  if (a.kind === 'rest' && b.kind === 'rest') return;
  if (a.kind === 'rest') return to(0, 1, exampleOf(b));
  if (b.kind === 'rest') return to(1, 0, exampleOf(a));
  const common = commonSegment(a, b);
  if (common !== undefined) to(1, 1, common);
}

function exampleOf(segment: GlobSegment): string {
  return segment.kind === 'rest' ? 'x' : (commonSegment(segment, { kind: 'any' }) ?? 'x');
}

function reach(reached: (readonly string[] | undefined)[][], i: number, j: number, path: readonly string[]): void {
  const row = reached[i];
  if (row) row[j] ??= path;
}
