/** The offset at which the line of `offset` starts. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset of the line break that ends the line of `offset` (of its carriage return), or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

/** Behind the line break of the line of `offset`. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

export function columnOf(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - (text.charCodeAt(start) === 0xfeff ? start + 1 : start);
}

/** How far the line of `offset` is indented. */
export function lineIndent(text: string, offset: number): number {
  const start = lineStart(text, offset);
  let at = start;
  while (text[at] === ' ') at++;
  return at - start;
}

export function isFirstOnLine(text: string, offset: number): boolean {
  return /^[ \ufeff]*$/.test(text.slice(lineStart(text, offset), offset));
}

/** The column of the comment that is all that stands in the line at `start`; `undefined` for other lines. */
export function commentColumn(text: string, start: number): number | undefined {
  const match = /^( *)#/.exec(text.slice(start, lineEnd(text, start)));
  return match?.[1]?.length;
}

/** The line break that the text uses. */
export function lineBreakOf(text: string): '\n' | '\r\n' {
  const end = text.indexOf('\n');
  return end > 0 && text[end - 1] === '\r' ? '\r\n' : '\n';
}

/** The text with a line break at its end. */
export function withLastBreak(text: string): string {
  return text === '' || text.endsWith('\n') ? text : text + lineBreakOf(text);
}

/** Moves every line but the first by `by` columns; empty lines stay empty. Line breaks become `eol`. */
export function shiftLines(text: string, by: number, eol: string): string {
  const [first = '', ...rest] = text.split(/\r?\n/);
  return [first, ...rest.map((line) => shiftLine(line, by))].join(eol);
}

function shiftLine(line: string, by: number): string {
  if (line === '') return line;
  if (by >= 0) return ' '.repeat(by) + line;
  const indent = line.length - line.trimStart().length;
  return line.slice(Math.min(-by, indent));
}

/** Where the comments in column 0 behind the last content begin; the end of the text when there are none. */
export function footerStart(text: string): number {
  let footer = text.length;
  for (let start = lineStart(text, text.length); ; start = lineStart(text, start - 1)) {
    const line = text.slice(start, lineEnd(text, start));
    if (line.startsWith('#')) footer = start;
    else if (line.trim() !== '') return footer;
    if (start === 0) return text.length;
  }
}
