import { sql, type SQL } from 'drizzle-orm';
import type { Database } from './database.js';
import { fromNow } from './database-time.js';
import { forgetReviewNotes } from './forget-review-notes.js';
import { botNotes } from './schema/bot-notes.js';
import { credentials } from './schema/configuration.js';
import { leases, outbox } from './schema/coordination.js';
import { eventHorizon, events } from './schema/events.js';
import { joinTokens } from './schema/fleet.js';
import { forgeMemory } from './schema/forges.js';
import { notifications } from './schema/notifications.js';
import { pendingSignIns, slackLinkCodes, slackLinkTries } from './schema/identity.js';
import { pendingAuthorizations } from './schema/own-accounts.js';

const DAY = 86_400_000;
// Small enough that nobody waits long for the rows, or on PGlite for the session.
const ROWS_A_STATEMENT = 2_000;
// What has expired is refused at once; the row is kept a little for whoever looks into it.
const GRACE = DAY;

/** Ages in milliseconds by database time. */
export interface Retention {
  /** A client that was away for longer starts from the newest state. Default: 14 days. */
  readonly events: number;
  /** An effect that could not be done for this long is given up. Default: 30 days. */
  readonly outbox: number;
  /** What nobody has written about a forge again for this long costs a call at most. Default: 30 days. */
  readonly forgeMemory: number;
  /** What somebody was told, or could not be told. Default: 30 days. */
  readonly notifications: number;
  /** What was noted about reviews on a forge, since their promotion began. Default: 90 days. */
  readonly reviewNotes: number;
}

/** How many rows went. */
export interface MaintenanceReport {
  readonly events: number;
  readonly outbox: number;
  readonly credentials: number;
  readonly joinTokens: number;
  readonly leases: number;
  readonly forgeMemory: number;
  readonly signIns: number;
  readonly botNotes: number;
  readonly notifications: number;
  readonly reviewNotes: number;
}

export const DEFAULT_RETENTION: Retention = { events: 14 * DAY, outbox: 30 * DAY, forgeMemory: 30 * DAY, notifications: 30 * DAY, reviewNotes: 90 * DAY };

/** Forgets what has expired. Run it about once an hour; several at once do no harm. */
export class Maintenance {
  constructor(
    private readonly database: Database,
    private readonly retention: Retention,
    private readonly vacuums: boolean,
  ) {}

  async run(): Promise<MaintenanceReport> {
    const report = {
      events: await this.#repeat(expireEvents(this.retention.events)),
      outbox: await this.#repeat(expire(outbox, sql`created_at`, this.retention.outbox)),
      credentials: await this.#repeat(expire(credentials, sql`expires_at`, GRACE)),
      joinTokens: await this.#repeat(expire(joinTokens, sql`expires_at`, GRACE)),
      leases: await this.#repeat(expire(leases, sql`expires_at`, GRACE)),
      forgeMemory: await this.#repeat(expire(forgeMemory, sql`written_at`, this.retention.forgeMemory)),
      signIns: await this.#expireSignIns(),
      botNotes: await this.#repeat(expire(botNotes, sql`expires_at`, GRACE)),
      // what still waits is given up long before
      notifications: await this.#repeat(expire(notifications, sql`created_at`, this.retention.notifications)),
      reviewNotes: await this.#repeat(forgetReviewNotes(this.retention.reviewNotes, ROWS_A_STATEMENT)),
    };
    // A server vacuums by itself, PGlite does not. The queue's tables are in the same database.
    if (this.vacuums) await this.database.outside('vacuum (analyze)');
    return report;
  }

  /** What people began and did not finish. */
  async #expireSignIns(): Promise<number> {
    let gone = 0;
    for (const table of [pendingSignIns, slackLinkCodes, slackLinkTries, pendingAuthorizations]) gone += await this.#repeat(expire(table, sql`expires_at`, 0));
    return gone;
  }

  async #repeat(statement: SQL): Promise<number> {
    for (let total = 0; ; ) {
      const { rows } = await this.database.query((queries) => queries.execute<{ gone: string | number }>(statement));
      const gone = Number(rows[0]?.gone ?? 0);
      total += gone;
      if (gone < ROWS_A_STATEMENT) return total;
    }
  }
}

function expire(table: typeof outbox | typeof credentials | typeof joinTokens | typeof leases | typeof forgeMemory | typeof pendingSignIns | typeof slackLinkCodes | typeof slackLinkTries | typeof pendingAuthorizations | typeof botNotes | typeof notifications, time: SQL, age: number): SQL {
  const old = sql`select ctid from ${table} where ${time} < ${fromNow(-age)} limit ${ROWS_A_STATEMENT} for update skip locked`;
  return sql`with gone as (delete from ${table} where ctid in (${old}) returning 1) select count(*) as gone from gone`;
}

/** Oldest first, and the horizon moves with them: who asks for what was behind it is told so. */
function expireEvents(age: number): SQL {
  const old = sql`select seq from ${events} where at < ${fromNow(-age)} order by transaction, seq limit ${ROWS_A_STATEMENT} for update skip locked`;
  return sql`
    with gone as (delete from ${events} where seq in (${old}) returning transaction, seq),
    moved as (
      insert into ${eventHorizon} as horizon (id, transaction, seq)
      select 1, transaction, seq from gone order by transaction desc, seq desc limit 1
      on conflict (id) do update set transaction = excluded.transaction, seq = excluded.seq where (horizon.transaction, horizon.seq) < (excluded.transaction, excluded.seq)
    )
    select count(*) as gone from gone`;
}
