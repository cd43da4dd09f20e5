import { randomUUID } from 'node:crypto';
import { InvalidInput } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import { noticeOf, type Message } from '@sluice/notify';
import { parseNotificationTarget } from '@sluice/pipeline';
import type { AuditLog, Delivered, Notifications, Person } from '../ports/index.js';
import type { NotifySettings } from './default-targets.js';
import type { DeliverNotifications } from './deliver-notifications.js';

/** `handed-over`: the bot for Slack fetches it. */
export type TestOutcome = Delivered | { readonly kind: 'handed-over' };

/** Tells a target that this is a test, at once. */
export class SendTest {
  constructor(
    private readonly ports: { readonly clock: Clock; readonly audit: AuditLog; readonly notifications: Pick<Notifications, 'add'> },
    private readonly deliver: Pick<DeliverNotifications, 'deliver'>,
    private readonly settings: Pick<NotifySettings, 'publicUrl'>,
  ) {}

  /** @throws InvalidInput for what is no target. */
  async run(text: string, by: Person): Promise<TestOutcome> {
    const target = parseNotificationTarget(text);
    if (!target) throw new InvalidInput('a target is "slack:#channel", "mail:somebody@example.org" or "webhook:<name>"');
    const now = this.ports.clock();
    await this.ports.audit.append({ action: 'notify.test', by: by.name, after: { target: text } });
    const notice = { ...noticeOf({ type: 'notification.test', at: now, message: `${by.name} tries whether this arrives (${randomUUID()}).`, by: by.name }, 'live', this.settings.publicUrl), title: 'Sluice: this is a test' };
    const message: Message = { kind: 'one', notice };
    if (target.kind !== 'slack') return this.deliver.deliver(text, message);
    await this.ports.notifications.add([{ key: notice.id, target: text, state: 'waiting', message, createdAt: now, dueAt: now }]);
    return { kind: 'handed-over' };
  }
}
