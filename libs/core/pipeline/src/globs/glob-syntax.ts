import { InvalidInput, printableLine } from '@sluice/kernel';

/** One `/`-separated part of a glob. `rest` is `**`: any number of whole segments, none included. */
export type GlobSegment =
  | { readonly kind: 'rest' }
  | { readonly kind: 'any' }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'pattern'; readonly symbols: readonly string[] };

/** A parsed glob; never empty. */
export type Glob = readonly GlobSegment[];

// A set of positions in a glob is one 32-bit integer (see glob-states.ts).
const MAX_SEGMENTS = 30;
const MAX_LENGTH = 512;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const FOREIGN_SYNTAX = /[[{!\\]/;

/**
 * What is wrong with a path glob, or `undefined` when it is well-formed. The language is small on purpose, so that overlap can
 * be decided exactly: `?` is one character and `*` any characters of one segment, `**` as a whole segment is any number of
 * segments (none included), everything else stands for itself. A glob names files from the repository's root.
 */
export function checkGlob(text: string): string | undefined {
  return checkCharacters(text) ?? checkSegments(text.split('/'));
}

/** @throws InvalidInput when {@link checkGlob} finds something. */
export function parseGlob(text: string): Glob {
  const problem = checkGlob(text);
  if (problem !== undefined) throw new InvalidInput(`path glob ${JSON.stringify(printableLine(text))}: ${problem}`);
  return text.split('/').map(parseSegment);
}

function checkCharacters(text: string): string | undefined {
  if (text === '') return 'is empty; write "**" for the whole tree';
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (CONTROL.test(text)) return 'contains a control character';
  const foreign = FOREIGN_SYNTAX.exec(text);
  if (foreign) return `"${foreign[0]}" is not supported: only "*", "?" and "**" are special; write one glob for each case, or "?" for that character itself`;
  return undefined;
}

function checkSegments(segments: readonly string[]): string | undefined {
  if (segments[0] === '') return 'is absolute; paths count from the root of the repository, so leave out the first "/"';
  if (segments.at(-1) === '') return 'ends with "/"; write "/**" at the end for everything in that folder';
  if (segments.includes('')) return 'has an empty segment ("//")';
  if (segments.includes('..') || segments.includes('.')) return '"." and ".." are not allowed; paths count from the root of the repository';
  if (segments.length > MAX_SEGMENTS) return `has more than ${MAX_SEGMENTS} segments`;
  const mixed = segments.find((segment) => segment.includes('**') && segment !== '**');
  return mixed === undefined ? undefined : `"**" must be a whole segment, but is part of "${mixed}"`;
}

function parseSegment(text: string): GlobSegment {
  if (text === '**') return { kind: 'rest' };
  if (text === '*') return { kind: 'any' };
  return /[*?]/.test(text) ? { kind: 'pattern', symbols: [...text] } : { kind: 'literal', text };
}
