import type { SlackNotificationDto } from '@sluice/contracts';
import { line, link } from '../text/mrkdwn.js';
import type { Message } from './promotion-message.js';

type Notice = SlackNotificationDto['notices'][number];

/** Things that one message names: Slack takes fifty blocks. */
const MOST = 40;

/** What somebody is told by a rule: one thing, or several together. */
export function notificationMessage({ title, notices, more }: SlackNotificationDto): Message {
  const shown = notices.slice(0, MOST);
  const left = more + notices.length - shown.length;
  return {
    text: line(title),
    blocks: [
      ...(notices.length + more > 1 ? [section(`*${line(title)}*`)] : []),
      ...shown.map((notice) => section(noticeText(notice))),
      ...(left > 0 ? [section(`… and ${left} more: \`sluice notify list\``)] : []),
    ],
  };
}

function noticeText({ title, message, next, link: address, by }: Notice): string {
  return [`*${link(address, line(title))}*`, line(message, 1_000), ...(by === undefined ? [] : [`By ${line(by, 100)}.`]), ...(next === undefined ? [] : [line(next)])].join('\n');
}

function section(text: string): Message['blocks'][number] {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
