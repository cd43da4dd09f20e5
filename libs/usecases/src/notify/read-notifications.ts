import type { RepositoryId } from '@sluice/kernel';
import type { Notification, NotificationEndpoints, NotificationFilter, Notifications, People, Repositories } from '../ports/index.js';
import { defaultTargets, reachability, type NotifySettings } from './default-targets.js';
import { problemsIn } from './problems-in.js';

/** Why somebody will not be told although they should be. */
export interface NotifyProblem {
  /** Absent: of the server itself. */
  readonly repository?: RepositoryId;
  readonly target: string;
  readonly message: string;
}

export interface NotificationsView {
  readonly items: readonly Notification[];
  /** Whom the server tells what nobody else is told. */
  readonly defaults: readonly string[];
  readonly problems: readonly NotifyProblem[];
}

interface Ports {
  readonly notifications: Pick<Notifications, 'list'>;
  readonly notificationEndpoints: Pick<NotificationEndpoints, 'list'>;
  readonly repositories: Pick<Repositories, 'list' | 'pipeline'>;
  readonly people: Pick<People, 'list'>;
}

/** What was told to whom, and what stands in the way of telling. */
export class ReadNotifications {
  constructor(
    private readonly ports: Ports,
    private readonly settings: NotifySettings,
  ) {}

  async run(filter: NotificationFilter): Promise<NotificationsView> {
    const defaults = await defaultTargets(this.ports, this.settings);
    return { items: await this.ports.notifications.list(filter), defaults, problems: await this.problems(defaults) };
  }

  private async problems(defaults: readonly string[]): Promise<readonly NotifyProblem[]> {
    const why = await reachability(this.ports, this.settings);
    const nobody = { target: '', message: 'nobody is told by default of what concerns the server, nor of a failure that no rule is about: set SLUICE_NOTIFY_DEFAULT' };
    const own = defaults.flatMap((target) => {
      const message = why(target);
      return message === undefined ? [] : [{ target, message }];
    });
    return [...(defaults.length > 0 ? own : [nobody]), ...(await problemsIn(this.ports, why))];
  }
}
