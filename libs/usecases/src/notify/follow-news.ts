import { isFailure, namesOf, noticeOf, routeEvent, type Defaults, type EventFacts, type ToldEvent } from '@sluice/notify';
import { later, present } from '@sluice/kernel';
import type { Clock, Instant, RepositoryId } from '@sluice/kernel';
import type { NotificationRule } from '@sluice/pipeline';
import { hashOf, membersOf, type Promotion } from '@sluice/promotion';
import type { Clusters, EventLog, Lease, NewNotification, NotificationEndpoints, Notifications, People, Promotions, Repositories, Settings, StoredEvent, Transactions } from '../ports/index.js';
import { clusterNews, readTroubles, type ClusterTroubles } from './cluster-news.js';
import { defaultTargets, reachability, type NotifySettings } from './default-targets.js';

interface Ports {
  readonly clock: Clock;
  readonly transactions: Transactions;
  readonly events: Pick<EventLog, 'after'>;
  readonly repositories: Pick<Repositories, 'pipeline'>;
  readonly promotions: Pick<Promotions, 'get'>;
  readonly people: Pick<People, 'list'>;
  readonly clusters: Pick<Clusters, 'get'>;
  readonly memory: Settings;
  readonly notifications: Notifications;
  readonly notificationEndpoints: Pick<NotificationEndpoints, 'list'>;
}

/** Where in the log of events everything before was looked at. */
const CURSOR = 'notifications-cursor';
/** What was told of clusters and is not over. */
const TROUBLES = 'notifications-clusters';
/** No place in the log: the log answers with its end. */
const NOWHERE = 'nowhere';
const EVENTS_AT_ONCE = 200;
/** So many a target are told one by one within {@link BURST_WITHIN}; what comes beyond is told together. */
const BURST = 20;
const BURST_WITHIN = 600_000;
const BURST_TOGETHER_AFTER = 300_000;

/** What was found to be told. */
export interface Followed {
  readonly events: number;
  /** Failures of which nobody can be told, because nobody is named: who runs the server has to see them. */
  readonly unheard: readonly string[];
  /** Events were lost: nobody looked for longer than they are kept. */
  readonly lost: boolean;
}

interface Around {
  readonly rules: ReadonlyMap<RepositoryId, readonly NotificationRule[]>;
  readonly defaults: Defaults;
  readonly now: Instant;
}

/** Follows the log of events, and writes down who is to be told of them, in one transaction with how far it came. */
export class FollowNews {
  constructor(
    private readonly ports: Ports,
    private readonly settings: NotifySettings,
  ) {}

  /** Some of what is new; again until `events` is 0. @throws Conflict when another process does it. */
  async run(lease: Lease): Promise<Followed> {
    const { events, memory } = this.ports;
    const cursor = await memory.get(CURSOR);
    // what was before there were notifications is no news
    const slice = await events.after(cursor ?? NOWHERE, EVENTS_AT_ONCE);
    const lost = cursor !== undefined && slice.reset;
    if (slice.cursor === cursor) return { events: 0, unheard: [], lost };
    const before = await memory.get(TROUBLES);
    const { news: heard, troubles } = await this.withReports(slice.events, readTroubles(before));
    const around = await this.around(heard);
    const added: NewNotification[] = [];
    for (const event of heard) added.push(...(await this.told(event, around)));
    const news = await this.ports.transactions.run(
      async () => {
        const fresh = new Set(await this.ports.notifications.add(await this.withoutBurst(added, around.now)));
        await memory.put(CURSOR, slice.cursor);
        if (JSON.stringify(troubles) !== (before ?? '{}')) await memory.put(TROUBLES, JSON.stringify(troubles));
        return added.filter(({ key }) => fresh.has(key));
      },
      { lease },
    );
    return { events: slice.events.length, unheard: news.flatMap(({ state, message }) => (state === 'unheard' && message.kind === 'one' ? [`${message.notice.title}: ${message.notice.what}`] : [])), lost };
  }

  /** Reports as what they bring: of each cluster as it is now, once. */
  private async withReports(events: readonly StoredEvent[], before: ClusterTroubles): Promise<{ readonly news: readonly StoredEvent[]; readonly troubles: ClusterTroubles }> {
    let troubles = before;
    const seen = new Set<string>();
    const news: StoredEvent[] = [];
    for (const event of events) {
      if (event.type !== 'cluster.reported' || event.cluster === undefined) news.push(event);
      else if (!seen.has(event.cluster)) {
        seen.add(event.cluster);
        const cluster = await this.ports.clusters.get(event.cluster);
        const found = clusterNews(event, cluster ?? { name: event.cluster }, troubles);
        news.push(...found.news);
        ({ troubles } = found);
      }
    }
    return { news, troubles };
  }

  /** What all of these events are looked at with. */
  private async around(events: readonly StoredEvent[]): Promise<Around> {
    const rules = new Map<RepositoryId, readonly NotificationRule[]>();
    for (const { repository } of events) {
      if (repository !== undefined && !rules.has(repository)) rules.set(repository, (await this.ports.repositories.pipeline(repository))?.pipeline?.notifications ?? []);
    }
    const why = await reachability(this.ports, this.settings);
    return { rules, defaults: { targets: await defaultTargets(this.ports, this.settings), isReachable: (target) => why(target) === undefined }, now: this.ports.clock() };
  }

  private async told(event: StoredEvent, { rules, defaults, now }: Around): Promise<readonly NewNotification[]> {
    if (namesOf(event.type).length === 0) return [];
    const promotion = await this.promotionOf(event);
    const names = namesOf(event.type, await this.factsOf(event, promotion));
    const applications = promotion ? membersOf(promotion) : event.application === undefined ? [] : [event.application];
    const own = event.repository === undefined ? [] : (rules.get(event.repository) ?? []);
    // a dead end is told by other ways
    const targets = event.type === 'notification.failed' ? defaults.targets.filter((target) => !event.message.startsWith(`${target} `)) : defaults.targets;
    const { routes, unheard } = routeEvent({ names, applications, ...present({ environment: event.environment }) }, own, { defaults: { ...defaults, targets }, now });
    const row = (target: string, name: (typeof names)[number], rest: Pick<NewNotification, 'state' | 'dueAt'>): NewNotification => {
      const notice = noticeOf(toldEvent(event), name, this.settings.publicUrl);
      return { key: hashOf([notice.id, target]), target, message: { kind: 'one', notice }, createdAt: now, ...rest };
    };
    const failure = names.find(isFailure);
    if (unheard && failure) return [row('', failure, { state: 'unheard', dueAt: now })];
    return routes.map(({ target, name, dueAt, together }) => row(target, name, { state: together ? 'held' : 'waiting', dueAt }));
  }

  private async promotionOf({ repository, promotion }: StoredEvent): Promise<Promotion | undefined> {
    return repository === undefined || promotion === undefined ? undefined : this.ports.promotions.get(repository, promotion);
  }

  private async factsOf({ type }: StoredEvent, promotion: Promotion | undefined): Promise<EventFacts> {
    if (!promotion) return {};
    if (type === 'promotion.live') return { wasDegraded: promotion.timeline.some(({ what }) => what === 'degraded') };
    // a record that changes nothing is merged without approvals
    return type === 'promotion.opened' && promotion.candidate.kind !== 'record-only' ? { needsApproval: await this.needsApproval(promotion) } : {};
  }

  private async needsApproval({ repository, target }: Promotion): Promise<boolean> {
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    const approvals = pipeline?.environments.find(({ name }) => name === target)?.approvals;
    return approvals !== undefined && approvals.required > 0;
  }

  /** When a thousand things happen at once, nobody gets a thousand messages. */
  private async withoutBurst(added: readonly NewNotification[], now: Instant): Promise<readonly NewNotification[]> {
    const counts = new Map<string, number>();
    const bounded: NewNotification[] = [];
    for (const one of added) {
      const count = counts.get(one.target) ?? (one.state === 'waiting' ? await this.ports.notifications.recent(one.target, later(now, -BURST_WITHIN)) : 0);
      const tooMany = one.state === 'waiting' && count >= BURST;
      bounded.push(tooMany ? { ...one, state: 'held', dueAt: later(now, BURST_TOGETHER_AFTER) } : one);
      if (one.state === 'waiting') counts.set(one.target, count + 1);
    }
    return bounded;
  }
}

function toldEvent({ type, at, repository, environment, application, promotion, cluster, message, by }: StoredEvent): ToldEvent {
  return { type, at, message, ...present({ repository, environment, application, promotion, cluster, by }) };
}
