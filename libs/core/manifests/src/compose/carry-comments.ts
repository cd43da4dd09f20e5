import { diff3Merge, diffIndices } from 'node-diff3';
import { lineBreakOf } from '../layout/text-lines.js';

// the cost grows with the product of the lines that differ
const MAX_LINES = 20_000;
const COMMENT = /^\s*(#.*)?$/;

/** Texts of one file: what the source had before and has now, and what was composed for the target by value. */
export interface CarriedTexts {
  readonly base: string;
  readonly source: string;
  readonly composed: string;
}

/**
 * The composed text with the source's changes of comments and blank lines in it. Composing goes by value, which comments do not have; a release that only explains something, or takes an
 * explanation out, would otherwise never reach the next environment. Where the target has lines of its own in that place, it keeps them. The caller checks that the text still means the same.
 * @returns undefined when there is nothing to carry.
 */
export function carryComments({ base, source, composed }: CarriedTexts): string | undefined {
  const [before, after, ours] = [linesOf(base), linesOf(source), linesOf(composed)];
  if (Math.max(before.length, after.length, ours.length) > MAX_LINES) return undefined;
  const explained = withCommentsOf(before, after);
  if (explained === undefined) return undefined;
  const merged = diff3Merge(ours, before, explained, { excludeFalseConflicts: true }).flatMap((region) => region.ok ?? region.conflict?.a ?? []);
  return merged.join(lineBreakOf(composed));
}

/** The lines before, with those changes that add, remove or change nothing but comments and blank lines. */
function withCommentsOf(before: readonly string[], after: readonly string[]): string[] | undefined {
  const result: string[] = [];
  let at = 0;
  let changed = false;
  for (const { buffer1, buffer1Content, buffer2Content } of diffIndices([...before], [...after])) {
    const [start, length] = buffer1;
    const isComment = [...buffer1Content, ...buffer2Content].every((line) => COMMENT.test(line));
    changed ||= isComment;
    result.push(...before.slice(at, start), ...(isComment ? buffer2Content : buffer1Content));
    at = start + length;
  }
  return changed ? [...result, ...before.slice(at)] : undefined;
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}
