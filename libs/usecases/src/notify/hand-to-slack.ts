import { Conflict, NotFound } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { Delivered, Notification, Notifications } from '../ports/index.js';
import type { DeliverNotifications } from './deliver-notifications.js';

/** Slack is spoken to by the bot: it fetches what is due, and says how it went. */
export class HandToSlack {
  constructor(
    private readonly ports: { readonly clock: Clock; readonly notifications: Pick<Notifications, 'due' | 'get'> },
    private readonly deliver: Pick<DeliverNotifications, 'settle'>,
  ) {}

  due(limit: number): Promise<readonly Notification[]> {
    return this.ports.notifications.due('waiting', this.ports.clock(), { kinds: ['slack'], limit });
  }

  /** @throws NotFound for one that is none of Slack's; Conflict when it has come to its end already. */
  async settle(id: number, delivered: Delivered): Promise<void> {
    const notification = await this.ports.notifications.get(id);
    if (!notification?.target.startsWith('slack:')) throw new NotFound('there is no such notification for Slack');
    if (notification.state !== 'waiting') throw new Conflict(`it is ${notification.state} already`);
    await this.deliver.settle(notification, delivered);
  }
}
