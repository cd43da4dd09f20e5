// C0, DEL and C1 controls, and the characters that reorder or hide text (Trojan Source, CVE-2021-42574).
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Untrusted text made fit to be shown or logged: control and direction characters become `\ufffd`, length is bounded. */
export function printable(text: string, maxLength = 2_000): string {
  const clean = text.replace(UNSAFE, '\ufffd');
  return clean.length > maxLength ? `${beginning(clean, maxLength - 1)}…` : clean;
}

/** As much of a text as there is room for, and no half of a character at its end: a lone surrogate is no text, and forges refuse a whole request for one. */
export function beginning(text: string, maxLength: number): string {
  return text.length > maxLength ? text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '') : text;
}

/** Like {@link printable}, on a single line. */
export function printableLine(text: string, maxLength = 200): string {
  return printable(text.replace(/[\r\n\t]+/g, ' '), maxLength);
}
