import { segmentMatches } from './glob-segment.js';
import type { Glob } from './glob-syntax.js';

/** A set of positions in a glob, as bits: bit i is set when the first i segments may have been consumed. */
export type GlobStates = number;

export function startStates(glob: Glob): GlobStates {
  return skipRests(glob, 1);
}

/** The positions after one more segment of a path. */
export function advance(glob: Glob, states: GlobStates, text: string): GlobStates {
  let next = 0;
  for (let at = 0; at < glob.length; at++) {
    const segment = glob[at];
    if (segment === undefined || !(states & (1 << at))) continue;
    if (segment.kind === 'rest') next |= 1 << at;
    else if (segmentMatches(segment, text)) next |= 1 << (at + 1);
  }
  return skipRests(glob, next);
}

/** True when what was consumed is a path that the glob matches. */
export function accepts(glob: Glob, states: GlobStates): boolean {
  return (states & (1 << glob.length)) !== 0;
}

/** True when something below what was consumed is matched. */
export function continues(glob: Glob, states: GlobStates): boolean {
  return (states & ((1 << glob.length) - 1)) !== 0;
}

/** True when everything below what was consumed is certainly matched: `**`, at most with one `*` beside it, is left. */
export function coversAll(glob: Glob, states: GlobStates): boolean {
  let stars = 0;
  let rests = 0;
  for (let at = glob.length - 1; at >= 0; at--) {
    const kind = glob[at]?.kind;
    if (kind === 'rest') rests++;
    else if (kind === 'any') stars++;
    else return false;
    if (rests > 0 && stars <= 1 && states & (1 << at)) return true;
  }
  return false;
}

function skipRests(glob: Glob, states: GlobStates): GlobStates {
  let all = states;
  for (let at = 0; at < glob.length; at++) if (all & (1 << at) && glob[at]?.kind === 'rest') all |= 1 << (at + 1);
  return all;
}
