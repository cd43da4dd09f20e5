import { badArgument } from './git-failed.js';

const OBJECT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
// git-check-ref-format(1), for full names. A component cannot begin with a dot or end with `.lock`.
const FORBIDDEN = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[/.]$/;

/** A full object name (40 or 64 hex digits). @throws GitFailed `argument`. */
export function checkObjectName(command: string, text: string): string {
  if (!OBJECT.test(text)) throw badArgument(command, `git ${command}: ${JSON.stringify(text.slice(0, 80))} is not a full object name`);
  return text;
}

/** A full reference name (`refs/…`) by git's rules. */
export function isRefName(text: string): boolean {
  return text.startsWith('refs/') && text.length <= 1_000 && !FORBIDDEN.test(text);
}

/** @throws GitFailed `argument` when the text is no full reference name. */
export function checkRefName(command: string, text: string): string {
  if (!isRefName(text)) throw badArgument(command, `git ${command}: ${JSON.stringify(text.slice(0, 80))} is not a full reference name`);
  return text;
}
