import { printable, printableLine } from '@sluice/kernel';

/** Somebody else's text for `mrkdwn`: https://docs.slack.dev/messaging/formatting-message-text#escaping. No mention, link or channel can be made of it. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** On one line, and no longer than that as Slack counts, which is after escaping. */
export function line(text: string, most = 300): string {
  return cut(escaped(printableLine(text, most)), most);
}

/** At most so many characters, and no half of an escaped one, of a link or of a mention at the end. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/&[a-z]*$|<[^>]*$|[\uD800-\uDBFF]$/, '')}…`;
}

/** At most so many characters, whole lines only, and how many more there are. */
export function lines(all: readonly string[], most: number): string {
  const kept: string[] = [];
  let length = 0;
  for (const each of all) {
    const left = all.length - kept.length;
    if (length + each.length + 1 > most - 20) return [...kept, `… and ${left} more`].join('\n');
    kept.push(each);
    length += each.length + 1;
  }
  return kept.join('\n');
}

/** For `plain_text`, which needs at least one character. */
export function plain(text: string, most: number): { readonly type: 'plain_text'; readonly text: string } {
  return { type: 'plain_text', text: printable(text, most) || '–' };
}

/** Formatted text, of which Slack makes no mentions of channels, groups or people beyond those that we write: https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
export function mrkdwn(text: string): { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true } {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** A link, where the address is one that Slack takes; otherwise only its text. */
export function link(url: string | undefined, text: string): string {
  return url !== undefined && /^https?:\/\/[^\s<>|]+$/.test(url) ? `<${url}|${text.replaceAll('|', '¦')}>` : text;
}
