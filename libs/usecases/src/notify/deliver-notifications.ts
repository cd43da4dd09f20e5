import { afterFailure, digestOf, GIVE_UP_AFTER, messageId, messageTitle } from '@sluice/notify';
import type { Message, Notice } from '@sluice/notify';
import { inLanes, instant, later, messageOf, printableLine } from '@sluice/kernel';
import type { Clock, Instant } from '@sluice/kernel';
import { parseNotificationTarget } from '@sluice/pipeline';
import { hashOf } from '@sluice/promotion';
import type { Delivered, EventLog, Lease, MailSender, Notification, NotificationEndpoints, Notifications, Sealer, Transactions, WebhookSender } from '../ports/index.js';
import { accessAt, openAccess } from './endpoint-access.js';

export interface DeliveryPorts {
  readonly clock: Clock;
  readonly transactions: Transactions;
  readonly events: Pick<EventLog, 'append'>;
  readonly notifications: Notifications;
  readonly notificationEndpoints: Pick<NotificationEndpoints, 'get'>;
  readonly sealer: Sealer;
  readonly webhooks: WebhookSender;
  /** Absent: the server has no mail server. */
  readonly mail?: MailSender;
}

/** Rows that are looked at together. */
const AT_ONCE = 500;
const TARGETS_AT_ONCE = 4;
/** What one message holds, for people and for machines; for machines what is left comes in the next one. */
const IN_A_DIGEST = 50;
const MAX_ERROR = 300;
const HOUR = 3_600_000;
/** What can be told together at once. */
const GATHERED_AT_ONCE = 5_000;
/** Slack's are fetched by the bot. */
const SENT_HERE = ['mail', 'webhook'] as const;

/** Sends what is due. A message has the same id however often it is sent, so whoever was told twice can know. */
export class DeliverNotifications {
  constructor(
    private readonly ports: DeliveryPorts,
    private readonly random: () => number,
  ) {}

  /** @returns how many were tried. `keep`: renews the lease; false when it was lost. */
  async run(lease: Lease, keep: () => Promise<boolean>): Promise<number> {
    await this.gather(lease);
    await this.giveUpOnSlack(lease);
    const due = await this.ports.notifications.due('waiting', this.ports.clock(), { kinds: SENT_HERE, limit: AT_ONCE });
    let tried = 0;
    // a slow one does not hold up the others
    await inLanes([...byTarget(due).values()], TARGETS_AT_ONCE, async (notifications) => {
      if (await this.rests(notifications)) return;
      for (const notification of notifications) {
        if (!(await keep())) return;
        tried += 1;
        const delivered = await this.deliver(notification.target, notification.message);
        await this.settle(notification, delivered, lease);
        // whoever does not answer is not asked again for each of a hundred
        if (delivered.kind === 'temporary') return;
      }
    });
    return tried;
  }

  /** Whoever did not answer is not asked sooner because something else has happened: what is new waits with what has waited, whose oldest says when and how often it was tried. */
  private async rests([first]: readonly Notification[]): Promise<boolean> {
    const { notifications, clock } = this.ports;
    const [older] = first ? await notifications.list({ states: ['waiting'], target: first.target, before: first.id, limit: 1 }) : [];
    if (!older || older.dueAt <= clock()) return false;
    await notifications.postpone(older.target, older.dueAt);
    return true;
  }

  /** Brings one message to a target, whoever asks for it. */
  async deliver(text: string, message: Message): Promise<Delivered> {
    const target = parseNotificationTarget(text);
    try {
      if (target?.kind === 'mail') return this.ports.mail ? await this.ports.mail.send(target.name, message) : temporary('the server has no mail server: set SLUICE_SMTP_URL and SLUICE_MAIL_FROM');
      if (target?.kind === 'webhook') return await this.toWebhook(target.name, message);
      return { kind: 'permanent', message: `${text} is no target that the server sends to` };
    } catch (error) {
      return temporary(messageOf(error));
    }
  }

  /** How a try ended, wherever it was made. */
  async settle(notification: Notification, delivered: Delivered, lease?: Lease): Promise<void> {
    const { clock, transactions, notifications, events } = this.ports;
    const now = clock();
    const attempts = notification.attempts + 1;
    if (delivered.kind === 'sent') return notifications.settle(notification.id, { state: 'sent', attempts, dueAt: now, endedAt: now });
    const lastError = printableLine(delivered.message, MAX_ERROR);
    const next = delivered.kind === 'temporary' ? afterFailure({ attempts, since: notification.createdAt }, now, this.random()) : undefined;
    if (next?.kind === 'again') {
      const dueAt = instant(Math.max(next.at, (delivered.kind === 'temporary' ? delivered.notBefore : undefined) ?? 0));
      await transactions.run(async () => {
        await notifications.settle(notification.id, { state: 'waiting', attempts, dueAt, lastError });
        await notifications.postpone(notification.target, dueAt);
      }, lease && { lease });
      return;
    }
    await transactions.run(async () => {
      const [last] = await notifications.list({ states: ['failed'], target: notification.target, limit: 1 });
      await notifications.settle(notification.id, { state: 'failed', attempts, dueAt: now, lastError, endedAt: now });
      // whoever was not there for a day is not asked again for each of those that have waited as long
      const others = next?.kind === 'given-up' ? await notifications.giveUp(notification.target, later(now, -GIVE_UP_AFTER), { lastError, endedAt: now }) : 0;
      // one word an hour about a dead end is enough; and that nobody can be told of one is no news
      const said = last?.endedAt !== undefined && last.endedAt > later(now, -HOUR);
      if (!said && !tellsOfDeadEnd(notification.message)) await events.append({ type: 'notification.failed', message: `${notification.target} could not be told of "${messageTitle(notification.message)}" ${others === 0 ? '' : ` and ${others} more`} (${attempts} ${attempts === 1 ? 'try' : 'tries'}): ${lastError}` });
    }, lease && { lease });
  }

  private async toWebhook(name: string, message: Message): Promise<Delivered> {
    const endpoint = await this.ports.notificationEndpoints.get(name);
    if (!endpoint) return temporary(`the server has no webhook ${name}: \`sluice notify endpoint add ${name}\``);
    const now = this.ports.clock();
    return this.ports.webhooks.send(accessAt(openAccess(this.ports.sealer, endpoint), now), message, now);
  }

  /** What is to be told together becomes one message: made once, so that it is the same when it is sent again. */
  private async gather(lease: Lease): Promise<void> {
    const now = this.ports.clock();
    const held = await this.ports.notifications.due('held', now, { limit: GATHERED_AT_ONCE });
    for (const [target, members] of byTarget(held)) {
      for (const part of target.startsWith('webhook:') ? inParts(members, IN_A_DIGEST) : [members]) await this.gatherInto(target, part, { now, lease });
    }
  }

  private async gatherInto(target: string, members: readonly Notification[], { now, lease }: { readonly now: Instant; readonly lease: Lease }): Promise<void> {
    const notices = members.flatMap(({ message }) => noticesOf(message));
    const [only] = notices;
    const message: Message = notices.length === 1 && only ? { kind: 'one', notice: only } : digestOf(notices, IN_A_DIGEST, now);
    await this.ports.transactions.run(
      async () => {
        await this.ports.notifications.gather(members.map(({ id }) => id), now);
        await this.ports.notifications.add([{ key: hashOf(['digest', messageId(message), target]), target, state: 'waiting', message, createdAt: now, dueAt: now }]);
      },
      { lease },
    );
  }

  /** What no bot has fetched for a day is reported as well. */
  private async giveUpOnSlack(lease: Lease): Promise<void> {
    const now = this.ports.clock();
    const waiting = await this.ports.notifications.due('waiting', now, { kinds: ['slack'], limit: AT_ONCE });
    for (const notification of waiting) {
      if (afterFailure({ attempts: notification.attempts, since: notification.createdAt }, now, 0).kind !== 'given-up') continue;
      await this.settle(notification, { kind: 'permanent', message: notification.lastError ?? 'no Slack bot has fetched it: see docs/slack.md' }, lease);
    }
  }
}

function noticesOf(message: Message): readonly Notice[] {
  return message.kind === 'one' ? [message.notice] : message.notices;
}

function byTarget(notifications: readonly Notification[]): ReadonlyMap<string, readonly Notification[]> {
  const groups = new Map<string, Notification[]>();
  for (const one of notifications) {
    const group = groups.get(one.target) ?? [];
    group.push(one);
    groups.set(one.target, group);
  }
  return groups;
}

function tellsOfDeadEnd(message: Message): boolean {
  return noticesOf(message).some(({ type }) => type === 'notification.failed');
}

function inParts<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function temporary(message: string): Delivered {
  return { kind: 'temporary', message };
}
