import type { GlobSegment } from './glob-syntax.js';

/** A segment that stands for exactly one segment of a path. */
export type SingleSegment = Exclude<GlobSegment, { kind: 'rest' }>;

/** Whether one segment of a path (never empty) is matched. Takes at most (symbols × characters) steps. */
export function segmentMatches(segment: SingleSegment, text: string): boolean {
  if (segment.kind === 'any') return true;
  if (segment.kind === 'literal') return segment.text === text;
  return wildcardMatches(segment.symbols, [...text]);
}

// Going back to the last star only is enough: an earlier star could not reach anything that this one cannot.
function wildcardMatches(symbols: readonly string[], text: readonly string[]): boolean {
  let symbol = 0;
  let star = -1;
  let starAt = 0;
  for (let at = 0; at < text.length; ) {
    if (symbols[symbol] === '*') {
      star = symbol++;
      starAt = at;
    } else if (symbols[symbol] === '?' || symbols[symbol] === text[at]) {
      symbol++;
      at++;
    } else if (star >= 0) {
      symbol = star + 1;
      at = ++starAt;
    } else return false;
  }
  return symbols.slice(symbol).every((left) => left === '*');
}

/** A text that both segments match, or `undefined` when there is none. Exact: walks the product of both automata. */
export function commonSegment(a: SingleSegment, b: SingleSegment): string | undefined {
  if (a.kind === 'literal') return segmentMatches(b, a.text) ? a.text : undefined;
  if (b.kind === 'literal') return segmentMatches(a, b.text) ? b.text : undefined;
  const text = commonText(symbolsOf(a), symbolsOf(b));
  return text === '' ? 'x' : text; // both are stars only, and a segment of a path is never empty
}

function symbolsOf(segment: SingleSegment): readonly string[] {
  if (segment.kind === 'any') return ['*'];
  return segment.kind === 'pattern' ? segment.symbols : [...segment.text];
}

/** `reached[i][j]`: a text that takes both automata to positions i and j, shortest first along the rows. */
function commonText(a: readonly string[], b: readonly string[]): string | undefined {
  const reached: (string | undefined)[][] = [...a, undefined].map(() => []);
  (reached[0] as (string | undefined)[])[0] = '';
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      const text = reached[i]?.[j];
      if (text === undefined) continue;
      for (const step of steps(a[i], b[j])) {
        const row = reached[i + step.a] as (string | undefined)[];
        row[j + step.b] ??= text + step.character;
      }
    }
  }
  return reached[a.length]?.[b.length];
}

interface ProductStep {
  readonly a: 0 | 1;
  readonly b: 0 | 1;
  readonly character: string;
}

/** Moves from a pair of positions: a star may end here, or both sides take one more character. */
function steps(a: string | undefined, b: string | undefined): readonly ProductStep[] {
  const ends: ProductStep[] = [];
  if (a === '*') ends.push({ a: 1, b: 0, character: '' });
  if (b === '*') ends.push({ a: 0, b: 1, character: '' });
  return a === undefined || b === undefined ? ends : [...ends, ...takeCharacter(a, b)];
}

/** A star takes whatever the other side takes and stays; two of them bring nothing new. */
function takeCharacter(a: string, b: string): readonly ProductStep[] {
  if (a === '*') return b === '*' ? [] : [{ a: 0, b: 1, character: concrete(b) }];
  if (b === '*') return [{ a: 1, b: 0, character: concrete(a) }];
  if (a === '?') return [{ a: 1, b: 1, character: concrete(b) }];
  return b === '?' || a === b ? [{ a: 1, b: 1, character: a }] : [];
}

function concrete(symbol: string): string {
  return symbol === '?' ? 'x' : symbol;
}
