import { beginning, printableLine } from '@sluice/kernel';

/** Characters of a title, with the prefix of a draft: longer ones do not fit into the database. */
const MAX_TITLE = 255;
/** Characters of a text. */
const MAX_BODY = 65_536;
const CUT = '\n\n… (cut: the text is longer than a request may have)';

/** What both forges read as a draft unless their settings say otherwise (`WORK_IN_PROGRESS_PREFIXES`). */
const DRAFT = 'WIP: ';
/** `Draft:` is in many instances' settings. */
const DRAFT_PREFIX = /^\s*(?:WIP:|\[WIP\]|Draft:|\[Draft\])\s*/i;

/** A request's title as the forge keeps it: a draft is one by its prefix. */
export function writtenTitle(title: string, draft: boolean): string {
  return printableLine((draft ? DRAFT : '') + shownTitle(title), MAX_TITLE);
}

/** A title without the prefixes that make a draft of it. */
export function shownTitle(written: string): string {
  let title = written;
  while (DRAFT_PREFIX.test(title)) title = title.replace(DRAFT_PREFIX, '');
  return title;
}

export function hasDraftPrefix(written: string): boolean {
  return DRAFT_PREFIX.test(written);
}

/** A text as long as a request may have one; what is cut says so. */
export function writtenBody(text: string): string {
  return text.length > MAX_BODY ? beginning(text, MAX_BODY - CUT.length) + CUT : text;
}
