import type { Approvals, AuditStore, BotNotes, Clusters, Deliveries, DriftStore, EnvironmentIndex, EventLog, ForgeStore, Freezes, Identities, Leases, NotificationEndpoints, Notifications, Outbox, OwnAccountStore, People, Promotions, Repositories, RightsStore, Rollouts, Settings, SlackLinks, TestRuns, Transactions, WakeStore } from '@sluice/usecases';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { PostgresApprovals } from './approvals.js';
import { PostgresAuditStore } from './audit-store.js';
import { PostgresBotNotes } from './bot-notes.js';
import { PostgresClusters } from './clusters.js';
import { Database } from './database.js';
import { PostgresDeliveries } from './deliveries.js';
import { PostgresDrift } from './drift.js';
import { PostgresEnvironmentIndex } from './environment-index.js';
import { PostgresEventLog } from './event-log.js';
import { PostgresForges } from './forges.js';
import { PostgresFreezes } from './freezes.js';
import { PostgresIdentities } from './identities.js';
import { PostgresLeases } from './leases.js';
import { DEFAULT_RETENTION, Maintenance, type Retention } from './maintenance.js';
import { PostgresNotificationEndpoints, PostgresNotifications } from './notifications.js';
import { PostgresOutbox } from './outbox.js';
import { PostgresOwnAccounts } from './own-accounts.js';
import { PostgresPeople } from './people.js';
import { PostgresPromotions } from './promotions.js';
import { PostgresRepositories } from './repositories.js';
import { PostgresRights } from './rights.js';
import { PostgresRollouts } from './rollouts.js';
import { PostgresSettings } from './settings.js';
import { PostgresSlackLinks } from './slack-links.js';
import { PostgresTestRuns } from './test-runs.js';
import { PostgresTransactions } from './transactions.js';
import { PostgresWakeStore } from './wake-store.js';

/** Everything that the server keeps in its database, behind the ports of the use cases. */
export interface Store {
  readonly transactions: Transactions;
  readonly leases: Leases;
  readonly repositories: Repositories;
  readonly environments: EnvironmentIndex;
  readonly promotions: Promotions;
  readonly deliveries: Deliveries;
  readonly approvals: Approvals;
  readonly freezes: Freezes;
  readonly testRuns: TestRuns;
  readonly rights: RightsStore;
  readonly rollouts: Rollouts;
  readonly outbox: Outbox;
  readonly events: EventLog;
  readonly people: People;
  readonly identities: Identities;
  readonly slackLinks: SlackLinks;
  readonly settings: Settings;
  readonly clusters: Clusters;
  readonly drift: DriftStore;
  readonly forges: ForgeStore;
  readonly ownAccounts: OwnAccountStore;
  readonly botNotes: BotNotes;
  readonly notifications: Notifications;
  readonly notificationEndpoints: NotificationEndpoints;
  readonly wakes: WakeStore;
  readonly auditStore: AuditStore;
  readonly maintenance: Maintenance;
  /** @throws Unavailable when the database does not answer. */
  ping(): Promise<void>;
  /** Refuses new calls and waits for those under way. The pool is its owner's to end. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** True on PGlite, which does not vacuum by itself. Default: false. */
  readonly vacuums?: boolean;
  readonly retention?: Partial<Retention>;
}

/** The store on a pool of a server ({@link createPostgresPool}) or of the embedded database. The schema must be there: {@link migrate} first. */
export function createStore(pool: pg.Pool, options: StoreOptions = {}): Store {
  const database = new Database(pool);
  return {
    transactions: new PostgresTransactions(database),
    leases: new PostgresLeases(database),
    repositories: new PostgresRepositories(database),
    environments: new PostgresEnvironmentIndex(database),
    promotions: new PostgresPromotions(database),
    deliveries: new PostgresDeliveries(database),
    approvals: new PostgresApprovals(database),
    freezes: new PostgresFreezes(database),
    testRuns: new PostgresTestRuns(database),
    rights: new PostgresRights(database),
    rollouts: new PostgresRollouts(database),
    outbox: new PostgresOutbox(database),
    events: new PostgresEventLog(database),
    people: new PostgresPeople(database),
    identities: new PostgresIdentities(database),
    slackLinks: new PostgresSlackLinks(database),
    settings: new PostgresSettings(database),
    clusters: new PostgresClusters(database),
    drift: new PostgresDrift(database),
    forges: new PostgresForges(database),
    ownAccounts: new PostgresOwnAccounts(database),
    botNotes: new PostgresBotNotes(database),
    notifications: new PostgresNotifications(database),
    notificationEndpoints: new PostgresNotificationEndpoints(database),
    wakes: new PostgresWakeStore(database),
    auditStore: new PostgresAuditStore(database),
    maintenance: new Maintenance(database, { ...DEFAULT_RETENTION, ...options.retention }, options.vacuums ?? false),
    ping: async () => {
      await database.query((queries) => queries.execute(sql`select 1`));
    },
    close: () => database.close(),
  };
}
