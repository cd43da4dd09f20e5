import { beginning, printableLine } from '@sluice/kernel';

/** Characters of a title. */
const MAX_TITLE = 256;
/** Characters of a description or a comment. */
const MAX_BODY = 65_536;
const CUT = '\n\n… (cut: the text is longer than GitHub takes)';
/** Characters of a commit's message that are taken from the description. */
const MAX_MESSAGE = 20_000;
/** Characters of a status' description: docs.github.com/en/rest/commits/statuses */
const MAX_STATUS = 140;

export function writtenTitle(title: string): string {
  return printableLine(title, MAX_TITLE);
}

/** @param spare characters that are to be left for what is put around it */
export function writtenBody(body: string, spare = 0): string {
  const limit = MAX_BODY - spare;
  return body.length <= limit ? body : beginning(body, limit - CUT.length) + CUT;
}

export function writtenStatus(description: string): string {
  return printableLine(description, MAX_STATUS);
}

/** The message of a merge: what the request says without what is hidden in it, and who asked for it. */
export function mergeMessage(body: string, by: string): string {
  const text = beginning(body.replace(/<!--[\s\S]*?(-->|$)/g, '').trim(), MAX_MESSAGE);
  return `${text === '' ? '' : `${text}\n\n`}Merged-by: ${printableLine(by, 100)}`;
}
