import type { SlackNotificationDto } from '@sluice/contracts';
import { line, link } from '../text/mrkdwn.js';
import { section, type Message } from './promotion-message.js';

type Notice = SlackNotificationDto['notices'][number];

/** Things that one message names: Slack takes fifty blocks. */
const MOST = 40;
/** Characters, of about 13,000 that a message may have altogether: more is refused for good, and nobody is told anything. */
const MOST_TEXT = 12_000;

/** What somebody is told by a rule: one thing, or several together. */
export function notificationMessage({ title, notices, more }: SlackNotificationDto): Message {
  const shown = fitting(notices.slice(0, MOST).map((notice) => section(noticeText(notice))));
  const left = more + notices.length - shown.length;
  return {
    text: line(title),
    blocks: [
      ...(notices.length + more > 1 ? [section(`*${line(title)}*`)] : []),
      ...shown,
      ...(left > 0 ? [section(`… and ${left} more: \`sluice notify list\``)] : []),
    ],
  };
}

function noticeText({ title, message, next, link: address, by }: Notice): string {
  return [`*${link(address, line(title))}*`, line(message, 1_000), ...(by === undefined ? [] : [`By ${line(by, 100)}.`]), ...(next === undefined ? [] : [line(next)])].join('\n');
}

/** The first of them, as many as one message takes. */
function fitting(blocks: Message['blocks']): Message['blocks'] {
  let length = 0;
  const end = blocks.findIndex((block) => (length += JSON.stringify(block).length) > MOST_TEXT);
  return end < 0 ? blocks : blocks.slice(0, Math.max(end, 1));
}
