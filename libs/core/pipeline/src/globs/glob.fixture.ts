import fc from 'fast-check';

/** The definition of the glob language, written without any thought of cost; the reference for the real matcher. */
export function naiveMatches(glob: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return path.length === 0;
  if (first === '**') return naiveMatches(rest, path) || (path.length > 0 && naiveMatches(glob, path.slice(1)));
  return path[0] !== undefined && naiveSegment(first, path[0]) && naiveMatches(rest, path.slice(1));
}

function naiveSegment(symbols: string, text: string): boolean {
  if (symbols === '') return text === '';
  if (symbols[0] === '*') return naiveSegment(symbols.slice(1), text) || (text !== '' && naiveSegment(symbols, text.slice(1)));
  return text !== '' && (symbols[0] === '?' || symbols[0] === text[0]) && naiveSegment(symbols.slice(1), text.slice(1));
}

// Two letters only, so that random globs and paths often meet.
const segmentText = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 });
const segmentGlob = fc
  .string({ unit: fc.constantFrom('a', 'b', '?', '*'), minLength: 1, maxLength: 4 })
  .map((text) => text.replace(/\*+/g, '*'));

export const anyPath = fc.array(segmentText, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
export const anyGlob = fc
  .array(fc.oneof(segmentText, segmentGlob, fc.constant('**')), { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join('/'));
