import type { EndpointDto, NotificationDto, SlackNotificationDto } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { messageTitle, type Message, type Notice } from '@sluice/notify';
import type { Notification, NotificationEndpoint } from '@sluice/usecases';
import { time } from './time.js';

export function presentNotification({ id, target, state, message, createdAt, dueAt, endedAt, attempts, lastError }: Notification): NotificationDto {
  return { id, target, state, title: messageTitle(message), ...thingsOf(message), createdAt: time(createdAt), dueAt: time(dueAt), attempts, ...present({ endedAt: endedAt === undefined ? undefined : time(endedAt), lastError }) };
}

export function presentForSlack({ id, target, message }: Notification): SlackNotificationDto {
  return { id, channel: target.slice('slack:'.length), title: messageTitle(message), ...thingsOf(message) };
}

export function presentEndpoint({ name, host, changedAt }: NotificationEndpoint): EndpointDto {
  return { name, host, changedAt: time(changedAt) };
}

function thingsOf(message: Message): Pick<NotificationDto, 'notices' | 'more'> {
  return message.kind === 'one' ? { notices: [presentNotice(message.notice)], more: 0 } : { notices: message.notices.map(presentNotice), more: message.more };
}

function presentNotice({ id, name, title, what, next, link, at, place, by }: Notice): NotificationDto['notices'][number] {
  return { id, event: name, title, message: what, link, at: time(at), place, ...present({ next, by }) };
}
