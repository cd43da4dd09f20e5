import type { Clock, Instant } from '@sluice/kernel';
import type { Leases, Notifications } from '../ports/index.js';
import type { NotifySettings } from './default-targets.js';
import type { DeliverNotifications } from './deliver-notifications.js';
import type { FollowNews } from './follow-news.js';

const KEY = 'notifications';
const LEASE = 60_000;

/** What one look came to. */
export interface NotificationsRun {
  /** Another process does it. */
  readonly elsewhere: boolean;
  readonly unheard: readonly string[];
  readonly lost: boolean;
  /** When there is something to do that is known of now. */
  readonly nextDue?: Instant;
}

/** Everything that is to be told now: one process at a time, so that in the normal case nobody is told twice. */
export class RunNotifications {
  constructor(
    private readonly ports: { readonly clock: Clock; readonly leases: Leases; readonly notifications: Pick<Notifications, 'nextDue'> },
    private readonly steps: { readonly follow: FollowNews; readonly deliver: DeliverNotifications; readonly watches: readonly { run(): Promise<void> }[] },
    private readonly settings: Pick<NotifySettings, 'worker'>,
  ) {}

  async run(): Promise<NotificationsRun> {
    const { leases, notifications } = this.ports;
    const lease = await leases.acquire(KEY, this.settings.worker, LEASE);
    if (!lease) return { elsewhere: true, unheard: [], lost: false };
    try {
      const unheard: string[] = [];
      let lost = false;
      const keep = (): Promise<boolean> => leases.renew(lease, LEASE);
      const follow = async (): Promise<void> => {
        for (;;) {
          const followed = await this.steps.follow.run(lease);
          unheard.push(...followed.unheard);
          lost ||= followed.lost;
          if (followed.events === 0 || !(await keep())) return;
        }
      };
      await follow();
      // what was given up is news itself
      if ((await this.steps.deliver.run(lease, keep)) > 0) await follow();
      // last, since it may take long or fail: what they find is an event, which is followed the next time
      for (const watch of this.steps.watches) await watch.run();
      const nextDue = await notifications.nextDue();
      return { elsewhere: false, unheard, lost, ...(nextDue !== undefined && { nextDue }) };
    } finally {
      await leases.release(lease);
    }
  }
}
