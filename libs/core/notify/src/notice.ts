import { printable, printableLine } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { NotificationEvent } from '@sluice/pipeline';
import { hashOf } from '@sluice/promotion';

/** An event as the log has it. */
export interface ToldEvent {
  readonly type: string;
  readonly at: Instant;
  readonly repository?: string;
  readonly environment?: string;
  readonly application?: string;
  readonly promotion?: string;
  readonly cluster?: string;
  readonly message: string;
  readonly by?: string;
}

/** One thing that somebody is told, in words. Texts are safe to show as plain text: no control characters, titles on one line, lengths bounded. */
export interface Notice {
  /** The same for the same thing, however often it is heard or sent: receivers know by it what they have. */
  readonly id: string;
  readonly name: NotificationEvent;
  /** Of the event in the log. */
  readonly type: string;
  readonly at: Instant;
  readonly title: string;
  /** What happened and why. */
  readonly what: string;
  /** What to do next. */
  readonly next?: string;
  readonly link: string;
  readonly place: { readonly repository?: string; readonly environment?: string; readonly application?: string; readonly promotion?: string; readonly cluster?: string };
  readonly by?: string;
}

/** One thing, or several that are told together. `more`: how many others there are that are not among them. */
export type Message = { readonly kind: 'one'; readonly notice: Notice } | { readonly kind: 'digest'; readonly id: string; readonly at: Instant; readonly notices: readonly Notice[]; readonly more: number };

/** What happens again within this time without a promotion to tell it apart by is the same thing. */
const SAME_WITHIN = 600_000;
const MAX_TEXT = 1_000;

const NEXT: Partial<Record<NotificationEvent, string>> = {
  'waiting-on-approval': 'Look at what changes, then approve or reject it.',
  'waiting-on-merge': 'Merge it when it suits: `sluice why` shows it.',
  'approval-voided': 'The content has changed: look again and approve anew.',
  'gate-failed': '`sluice why` shows the evidence.',
  'test-failed': 'Look at the output (`sluice tests`), mend it, or run it again.',
  conflicted: 'Resolve the conflict on the branch of its draft request.',
  held: 'Change the content in the source, or lift the hold.',
  degraded: 'Look at the application in that cluster; roll back with `sluice rollback` if need be.',
  'sync-failed': 'Look at the cluster: `sluice clusters` and the log of its agent.',
  'rollout-paused': 'Continue or abort it: `sluice rollout`.',
  'rollback-impossible': 'A person has to put it right: `sluice why` says what stands in the way.',
  tampered: 'Find out who merged it; it is composed anew.',
  withheld: 'Accept it (`sluice accept`) or revert it.',
  'target-only': 'Merge the request that returns it: `sluice backflow`.',
  drifted: '`sluice drift` shows the difference.',
  'pipeline-broken': '`sluice validate` shows what is wrong.',
  'forge-refuses': 'Give the credential another secret: `sluice credential rotate`.',
  'account-unusable': 'Whose it is links it again: `sluice account link`.',
  'cluster-lost': 'Look whether its agent runs and reaches the server.',
  'endpoint-dead': '`sluice notify list --state failed` shows what nobody was told of.',
  'audit-finding': '`sluice audit verify` shows it.',
};

/** An event in words. */
export function noticeOf(event: ToldEvent, name: NotificationEvent, publicUrl: string): Notice {
  const { type, at, repository, environment, application, promotion, cluster, by } = event;
  const place = Object.fromEntries(Object.entries({ repository, environment, application, promotion, cluster }).filter(([, value]) => value !== undefined));
  const next = NEXT[name];
  return {
    id: hashOf(identity(event)),
    name,
    type,
    at,
    title: titleOf(event, name),
    what: printable(event.message.trim(), MAX_TEXT),
    ...(next !== undefined && { next }),
    link: repository !== undefined && promotion !== undefined ? `${publicUrl}/promotions/${repository}/${promotion}` : `${publicUrl}/`,
    place,
    ...(by !== undefined && { by: printableLine(by, 100) }),
  };
}

/** `[shop/prod] checkout: degraded` */
function titleOf({ repository, environment, application, cluster }: ToldEvent, name: NotificationEvent): string {
  const where = [repository, environment].filter((part) => part !== undefined).join('/');
  const what = application ?? cluster;
  return printableLine(`${where === '' ? '' : `[${where}] `}${what === undefined ? '' : `${what}: `}${name.replaceAll('-', ' ')}`, 150);
}

/** By what the same thing is known when it is heard twice. A promotion is degraded once; a freeze may begin again tomorrow. */
function identity({ type, at, repository, environment, application, promotion, cluster, message }: ToldEvent): readonly unknown[] {
  const place = [type, repository ?? null, environment ?? null, application ?? null, promotion ?? null, cluster ?? null, message];
  return promotion === undefined ? [...place, Math.floor(at / SAME_WITHIN)] : place;
}

/** A message's title, on one line. */
export function messageTitle(message: Message): string {
  if (message.kind === 'one') return message.notice.title;
  const { notices, more } = message;
  return `${notices.length + more} things in Sluice: ${printableLine([...new Set(notices.map(({ name }) => name.replaceAll('-', ' ')))].join(', '), 110)}`;
}

/** A message as plain text. */
export function messageText(message: Message): string {
  if (message.kind === 'one') return noticeText(message.notice);
  const lines = message.notices.map(({ at, title, what, link }) => `${new Date(at).toISOString().slice(0, 16)}Z ${title}\n${what}\n${link}`);
  return [...lines, ...(message.more > 0 ? [`and ${message.more} more: sluice notify list`] : [])].join('\n\n');
}

function noticeText({ what, next, link, by }: Notice): string {
  return [what, ...(by === undefined ? [] : [`By ${by}.`]), ...(next === undefined ? [] : [next]), link].join('\n');
}

export function messageId(message: Message): string {
  return message.kind === 'one' ? message.notice.id : message.id;
}

/** Several things together, the oldest first; what is too much is only counted. */
export function digestOf(notices: readonly Notice[], limit: number, at: Instant): Message {
  return { kind: 'digest', id: hashOf(['digest', notices.map(({ id }) => id)]), at, notices: notices.slice(0, limit), more: Math.max(0, notices.length - limit) };
}
