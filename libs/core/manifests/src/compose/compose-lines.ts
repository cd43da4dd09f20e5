import { diff3Merge } from 'node-diff3';
import { printable } from '@sluice/kernel';
import type { ComposeConflict, ComposeFileInput, ComposeFileOutcome, FileVersion } from '../model.js';
import { lineBreakOf } from '../layout/text-lines.js';
import { bytesOf, mergeModes, textOf } from './file-version.js';
import { conflicting, fileConflict, take, wholeFileConflict, write } from './outcome.js';

// the cost grows with the product of the lines that differ
const MAX_LINES = 50_000;
const MAX_SHOWN = 500;
// lines are shown as they are, and a Secret's must not be
const MAY_BE_SECRET = /^\s*["']?kind["']?\s*:\s*["']?Secret\b/m;

interface Texts {
  readonly base: string;
  readonly source: string;
  readonly target: string;
}

/** Merges two changed versions of a text by lines. Line breaks follow the target. */
export function composeLines(input: ComposeFileInput): ComposeFileOutcome {
  const { base, source, target } = input;
  if (source === undefined || target === undefined) return sameText(target, base) ? take(source) : wholeFileConflict(input, 'both-changed', '');
  if (base === undefined) return wholeFileConflict(input, 'both-changed', 'source and target added this file with different content: make them equal, or resolve it on the branch of the request');
  const mode = mergeModes(base.mode, source.mode, target.mode);
  const [before, theirs, ours] = [base, source, target].map((file) => textOf(file) ?? '') as [string, string, string];
  const texts = { base: before, source: theirs, target: ours };
  const merged = mergeLines(input.path, texts);
  if (!('text' in merged)) return merged;
  const outcome = merged.text === texts.target && mode === target.mode ? ({ kind: 'unchanged' } as const) : write({ mode, bytes: bytesOf(merged.text) });
  return merged.conflicts.length > 0 ? conflicting(merged.conflicts, outcome) : outcome;
}

interface MergedLines {
  /** With the target's lines where there is a conflict. */
  readonly text: string;
  readonly conflicts: readonly ComposeConflict[];
}

function mergeLines(path: string, texts: Texts): MergedLines | ComposeFileOutcome {
  const [o, b, a] = [linesOf(texts.base), linesOf(texts.source), linesOf(texts.target)];
  if (Math.max(o.length, a.length, b.length) > MAX_LINES) return fileConflict(path, 'limit', `a file with more than ${MAX_LINES} lines is not merged: change it in one environment only`);
  const regions = diff3Merge(a, o, b, { excludeFalseConflicts: true });
  const conflicts = regions.flatMap((region) => (region.conflict ? [lineConflict(path, region.conflict, texts)] : []));
  return { text: regions.flatMap((region) => region.ok ?? region.conflict?.a ?? []).join(lineBreakOf(texts.target)), conflicts };
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

function sameText(a: FileVersion | undefined, b: FileVersion | undefined): boolean {
  return a !== undefined && b !== undefined && textOf(a) === textOf(b);
}

interface Region {
  readonly a: string[];
  readonly aIndex: number;
  readonly o: string[];
  readonly b: string[];
}

function lineConflict(path: string, { a, aIndex, o, b }: Region, texts: Texts): ComposeConflict {
  const secret = Object.values(texts).some((text) => MAY_BE_SECRET.test(text));
  const show = (lines: string[]): string => (secret ? '(masked)' : printable(lines.join('\n'), MAX_SHOWN));
  const message = `source and target changed the lines at line ${aIndex + 1} of the target differently: resolve it on the branch of the request`;
  return { path, reason: 'both-changed', message, line: aIndex + 1, base: show(o), source: show(b), target: show(a) };
}
