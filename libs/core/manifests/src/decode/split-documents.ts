import { ManifestError } from './manifest-error.js';

/** The part of a text that may hold one document, with its own `---` line. */
export interface DocumentText {
  readonly text: string;
  /** Where the part starts in the whole text. */
  readonly offset: number;
  /** Counts from 1. */
  readonly firstLine: number;
}

const SEPARATOR = /^---/gm;

/**
 * Cuts a text before every line that starts with `---`, as kubectl's reader does. The parts joined are the text again.
 * @throws ManifestError for a separator line with more than a comment: kubectl refuses it.
 */
export function splitDocuments(text: string): DocumentText[] {
  const starts = [...text.matchAll(SEPARATOR)].map((match) => match.index);
  const cuts = starts[0] === 0 ? starts : [0, ...starts];
  const parts: DocumentText[] = [];
  let firstLine = 1;
  for (const [index, offset] of cuts.entries()) {
    const part = text.slice(offset, cuts[index + 1] ?? text.length);
    refuseContentOnSeparator(part, firstLine);
    parts.push({ text: part, offset, firstLine });
    firstLine += lineBreaks(part);
  }
  return parts;
}

function refuseContentOnSeparator(part: string, line: number): void {
  if (!part.startsWith('---') || /^---[ \t]*(#.*)?\r?$/m.test(part.slice(0, endOfFirstLine(part)))) return;
  throw new ManifestError('nothing but a comment may follow "---" on its line: move the content to the next line', 'unsupported', { line, column: 4 });
}

function endOfFirstLine(part: string): number {
  const end = part.indexOf('\n');
  return end < 0 ? part.length : end;
}

function lineBreaks(part: string): number {
  return part.split('\n').length - 1;
}
