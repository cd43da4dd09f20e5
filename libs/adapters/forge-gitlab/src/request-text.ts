import { beginning, printableLine } from '@sluice/kernel';

/** Characters of a title, with the prefix of a draft. */
const MAX_TITLE = 255;
/** Characters of a description; GitLab takes 1,048,576. */
const MAX_BODY = 1_000_000;
const CUT = '\n\n… (cut: the text is longer than GitLab takes)';

const DRAFT = 'Draft: ';
/** What GitLab reads as a draft's title: docs.gitlab.com/user/project/merge_requests/drafts. */
const DRAFT_PREFIX = /^\s*(?:\[draft\]|\(draft\)|draft:)\s*/i;

/** A request's title as GitLab keeps it: a draft is one by its prefix. */
export function writtenTitle(title: string, draft: boolean): string {
  return printableLine((draft ? DRAFT : '') + shownTitle(title), MAX_TITLE);
}

/** A title without the prefixes that make a draft of it. */
export function shownTitle(written: string): string {
  let title = written;
  while (DRAFT_PREFIX.test(title)) title = title.replace(DRAFT_PREFIX, '');
  return title;
}

/**
 * A text as GitLab is given it: a line that begins with a slash would be a quick action (`/merge`, `/approve`) that our account carries out, so it gets a space before it.
 * docs.gitlab.com/user/project/quick_actions
 */
export function writtenText(text: string): string {
  const harmless = text.replace(/^(?= *\/)/gm, ' ');
  return harmless.length > MAX_BODY ? beginning(harmless, MAX_BODY - CUT.length) + CUT : harmless;
}

/** The text that was given to {@link writtenText}. */
export function shownText(written: string): string {
  return written.replace(/^ (?= *\/)/gm, '');
}
