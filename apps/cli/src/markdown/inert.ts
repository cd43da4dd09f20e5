import { printableLine } from '@sluice/kernel';

/** Between a sign and what it would refer to: shown as nothing, and no forge reads across it. */
const JOINER = '\u2060';

/**
 * Untrusted text as one line of Markdown that means nothing but itself: no mark-up, HTML, comment (and so no marker), link, mention, reference or quick action, on GitHub, GitLab and Gitea.
 * Signs are written as entities, which Markdown takes as text; what forges find in the text afterwards is broken up.
 */
export function prose(text: string, maxLength = 300): string {
  return printableLine(text, maxLength)
    .trim()
    .replace(/[@#!~%$&^](?=[\w"'/[{-])|:(?=\/\/)|(?<=\bwww|\bgh)[.-]|^\/(?=\w)/gi, (sign) => `${sign}${JOINER}`)
    .replace(/[^\p{L}\p{N}\p{M} .,;:?'"=()/\u2060→←–—…“”‘’-]/gu, (sign) => `&#${sign.codePointAt(0) ?? 0xfffd};`)
    .replace(/^[-=]|^\d(?=\d*[.)])/, (sign) => `&#${sign.codePointAt(0) ?? 0xfffd};`);
}

/** The same as code, for names and values: within backticks nothing is Markdown but more backticks. */
export function code(text: string, maxLength = 200): string {
  const line = printableLine(text, maxLength).trim();
  if (line === '') return '` `';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Bytes that a forge counts. */
export function sizeOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** As many blocks as there is room for, joined; and how many were left out. */
export function fitting(blocks: readonly string[], maxBytes: number, separator = '\n'): { readonly text: string; readonly left: number } {
  let room = maxBytes;
  const count = blocks.findIndex((block) => (room -= sizeOf(block) + separator.length) < 0);
  const taken = count < 0 ? blocks.length : count;
  return { text: blocks.slice(0, taken).join(separator), left: blocks.length - taken };
}
