import { diffIndices } from 'node-diff3';
import type { FileVersion } from '../model.js';
import { textOf } from '../compose/file-version.js';

// beyond it the exact count is not worth its cost
const MAX_COMPARED = 5_000;

/** Lines added and removed between two versions; `undefined` for binaries. */
export function countLines(before: FileVersion | undefined, after: FileVersion | undefined): { added: number; removed: number } | undefined {
  const old = linesOf(before);
  const now = linesOf(after);
  if (old === undefined || now === undefined) return undefined;
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return countBetween(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
}

function countBetween(old: string[], now: string[]): { added: number; removed: number } {
  if (Math.max(old.length, now.length) > MAX_COMPARED) return { added: now.length, removed: old.length };
  const regions = diffIndices(old, now);
  return { added: sum(regions.map(({ buffer2 }) => buffer2[1])), removed: sum(regions.map(({ buffer1 }) => buffer1[1])) };
}

function linesOf(file: FileVersion | undefined): string[] | undefined {
  if (file === undefined) return [];
  const lines = textOf(file)?.split(/\r?\n/);
  if (lines?.at(-1) === '') lines.pop();
  return lines;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
