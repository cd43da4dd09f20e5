import { UnsupportedEdit } from '../layout/unsupported-edit.js';

/** Replaces `[start, end)` of a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text between `from` and `to` with the edits made; edits at one offset are made in the order given.
 * @throws UnsupportedEdit when two edits overlap, or one reaches out of the range.
 */
export function applyEdits(text: string, edits: readonly Edit[], from = 0, to = text.length): string {
  const sorted = edits.map((edit, index) => ({ edit, index })).sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index);
  let result = '';
  let at = from;
  for (const { edit } of sorted) {
    if (edit.start < at || edit.end > to) throw new UnsupportedEdit('two changes touch the same place in the text', edit.start);
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at, to);
}
