import { instant, present, type Instant } from '@sluice/kernel';
import type { NewNotification, Notification, NotificationEndpoint, NotificationEndpoints, NotificationFilter, Notifications, NotificationState, Settled, TargetKind } from '@sluice/usecases';
import { and, asc, count, desc, eq, gte, inArray, like, lt, lte, min, notLike, or, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { decode } from './documents/decode.js';
import { zMessage } from './documents/notification-document.js';
import { notificationEndpoints, notifications } from './schema/notifications.js';

/** Rows that one statement writes. */
const AT_ONCE = 500;

export class PostgresNotifications implements Notifications {
  constructor(private readonly database: Database) {}

  async add(added: readonly NewNotification[]): Promise<readonly string[]> {
    const keys: string[] = [];
    for (let from = 0; from < added.length; from += AT_ONCE) {
      const rows = added.slice(from, from + AT_ONCE);
      const fresh = await this.database.query((queries) => queries.insert(notifications).values(rows).onConflictDoNothing().returning({ key: notifications.key }));
      keys.push(...fresh.map(({ key }) => key));
    }
    return keys;
  }

  async get(id: number): Promise<Notification | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(notifications).where(eq(notifications.id, id)));
    return row && toNotification(row);
  }

  async due(state: 'held' | 'waiting', now: Instant, { kinds, limit }: { readonly kinds?: readonly TargetKind[]; readonly limit: number }): Promise<readonly Notification[]> {
    const ofKind = kinds && or(...kinds.map((kind) => like(notifications.target, `${kind}:%`)));
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(notifications)
        .where(and(eq(notifications.state, state), lte(notifications.dueAt, now), ofKind))
        .orderBy(asc(notifications.id))
        .limit(limit),
    );
    return rows.map(toNotification);
  }

  async gather(ids: readonly number[], now: Instant): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query((queries) => queries.update(notifications).set({ state: 'gathered', endedAt: now }).where(inArray(notifications.id, [...ids])));
  }

  async settle(id: number, { lastError, endedAt, ...rest }: Settled): Promise<void> {
    const set = { ...rest, lastError: lastError ?? null, endedAt: endedAt ?? null };
    await this.database.query((queries) => queries.update(notifications).set(set).where(and(eq(notifications.id, id), eq(notifications.state, 'waiting'))));
  }

  async giveUp(target: string, createdBefore: Instant, outcome: { readonly lastError: string; readonly endedAt: Instant }): Promise<number> {
    const gone = await this.database.query((queries) =>
      queries
        .update(notifications)
        .set({ state: 'failed', ...outcome })
        .where(and(eq(notifications.target, target), eq(notifications.state, 'waiting'), lte(notifications.createdAt, createdBefore)))
        .returning({ id: notifications.id }),
    );
    return gone.length;
  }

  async postpone(target: string, until: Instant): Promise<void> {
    await this.database.query((queries) =>
      queries
        .update(notifications)
        .set({ dueAt: until })
        .where(and(eq(notifications.target, target), eq(notifications.state, 'waiting'), lt(notifications.dueAt, until))),
    );
  }

  async recent(target: string, since: Instant): Promise<number> {
    const alone: readonly NotificationState[] = ['waiting', 'sent', 'failed'];
    const [row] = await this.database.query((queries) =>
      queries
        .select({ count: count() })
        .from(notifications)
        .where(and(eq(notifications.target, target), gte(notifications.createdAt, since), inArray(notifications.state, [...alone]))),
    );
    return Number(row?.count ?? 0);
  }

  async list({ states, target, before, limit }: NotificationFilter): Promise<readonly Notification[]> {
    const where = and(states && inArray(notifications.state, [...states]), target === undefined ? undefined : eq(notifications.target, target), before === undefined ? undefined : lt(notifications.id, before));
    const rows = await this.database.query((queries) => queries.select().from(notifications).where(where).orderBy(desc(notifications.id)).limit(limit));
    return rows.map(toNotification);
  }

  async counts(): Promise<readonly { readonly kind: TargetKind | 'none'; readonly state: NotificationState; readonly count: number }[]> {
    const kind = sql<string>`split_part(${notifications.target}, ':', 1)`;
    const rows = await this.database.query((queries) => queries.select({ kind, state: notifications.state, count: count() }).from(notifications).groupBy(kind, notifications.state));
    return rows.map((row) => ({ kind: kindOf(row.kind), state: row.state, count: Number(row.count) }));
  }

  async nextDue(): Promise<Instant | undefined> {
    const ours = and(eq(notifications.state, 'waiting'), notLike(notifications.target, 'slack:%'));
    const [row] = await this.database.query((queries) => queries.select({ at: min(notifications.dueAt) }).from(notifications).where(or(eq(notifications.state, 'held'), ours)));
    return row?.at === null || row?.at === undefined ? undefined : instant(new Date(row.at).getTime());
  }
}

export class PostgresNotificationEndpoints implements NotificationEndpoints {
  constructor(private readonly database: Database) {}

  async list(): Promise<readonly NotificationEndpoint[]> {
    return this.database.query((queries) => queries.select().from(notificationEndpoints).orderBy(asc(notificationEndpoints.name)));
  }

  async get(name: string): Promise<NotificationEndpoint | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(notificationEndpoints).where(eq(notificationEndpoints.name, name)));
    return row;
  }

  async save(endpoint: NotificationEndpoint): Promise<void> {
    const { name: _name, ...set } = endpoint;
    await this.database.query((queries) => queries.insert(notificationEndpoints).values(endpoint).onConflictDoUpdate({ target: notificationEndpoints.name, set }));
  }

  async remove(name: string): Promise<void> {
    await this.database.query((queries) => queries.delete(notificationEndpoints).where(eq(notificationEndpoints.name, name)));
  }
}

function kindOf(text: string): TargetKind | 'none' {
  return text === 'slack' || text === 'mail' || text === 'webhook' ? text : 'none';
}

function toNotification({ message, lastError, endedAt, ...row }: typeof notifications.$inferSelect): Notification {
  return { ...row, message: decode(zMessage, message, 'notification'), ...present({ lastError: lastError ?? undefined, endedAt: endedAt ?? undefined }) };
}
