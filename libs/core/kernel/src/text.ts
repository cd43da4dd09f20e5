// C0, DEL and C1 controls, and the characters that reorder or hide text (Trojan Source, CVE-2021-42574).
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Untrusted text made fit to be shown or logged: control and direction characters become `\ufffd`, length is bounded. */
export function printable(text: string, maxLength = 2_000): string {
  const clean = text.replace(UNSAFE, '\ufffd');
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}

/** Like {@link printable}, on a single line. */
export function printableLine(text: string, maxLength = 200): string {
  return printable(text.replace(/[\r\n\t]+/g, ' '), maxLength);
}
