import { parseNotificationTarget } from '@sluice/pipeline';
import { active } from '../people/decides.js';
import type { NotificationEndpoints, People } from '../ports/index.js';

/** What the server is set to. */
export interface NotifySettings {
  /** Whom it tells what is nobody's; absent: its admins by mail, if it has a mail server. */
  readonly defaultTargets?: readonly string[];
  readonly hasMail: boolean;
  readonly publicUrl: string;
  /** Names this process in leases. */
  readonly worker: string;
}

interface Ports {
  readonly people: Pick<People, 'list'>;
  readonly notificationEndpoints: Pick<NotificationEndpoints, 'list'>;
}

/** Whom the server tells what concerns itself, and failures that nobody else hears of. */
export async function defaultTargets({ people }: Pick<Ports, 'people'>, { defaultTargets: named, hasMail }: NotifySettings): Promise<readonly string[]> {
  if (named) return named;
  if (!hasMail) return [];
  const admins = active(await people.list()).filter(({ admin }) => admin);
  const addresses = admins.flatMap(({ emails }) => emails.slice(0, 1)).map((email) => `mail:${email}`);
  return addresses.filter((target) => parseNotificationTarget(target) !== undefined);
}

/** Why a target cannot be reached as the server is set up; undefined when it can. Whether a bot for Slack runs is not known here. */
export async function reachability({ notificationEndpoints }: Pick<Ports, 'notificationEndpoints'>, { hasMail }: Pick<NotifySettings, 'hasMail'>): Promise<(target: string) => string | undefined> {
  const webhooks = new Set((await notificationEndpoints.list()).map(({ name }) => name));
  return (text) => {
    const target = parseNotificationTarget(text);
    if (!target) return `${text} is no target`;
    if (target.kind === 'mail' && !hasMail) return 'the server has no mail server: set SLUICE_SMTP_URL and SLUICE_MAIL_FROM';
    if (target.kind === 'webhook' && !webhooks.has(target.name)) return `the server has no webhook ${target.name}: \`sluice notify endpoint add ${target.name}\``;
    return undefined;
  };
}
