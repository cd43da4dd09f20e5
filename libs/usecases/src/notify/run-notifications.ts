import type { Clock, Instant } from '@sluice/kernel';
import { withLease } from '../lifecycle/with-lease.js';
import type { Lease, Leases, Notifications } from '../ports/index.js';
import type { NotifySettings } from './default-targets.js';
import type { DeliverNotifications } from './deliver-notifications.js';
import type { FollowNews } from './follow-news.js';

const KEY = 'notifications';

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
    let done: NotificationsRun | undefined;
    // short, so that of a process that is killed another takes it over within seconds, and renewed meanwhile, however slow whoever is told may be
    await withLease(this.ports.leases, { key: KEY, worker: this.settings.worker }, async (lease, keep) => {
      done = await this.look(lease, keep);
    });
    return done ?? { elsewhere: true, unheard: [], lost: false };
  }

  private async look(lease: Lease, keep: () => Promise<boolean>): Promise<NotificationsRun> {
    const unheard: string[] = [];
    let lost = false;
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
    const nextDue = await this.ports.notifications.nextDue();
    return { elsewhere: false, unheard, lost, ...(nextDue !== undefined && { nextDue }) };
  }
}
